// Probes and lifecycle hooks: one handler each, and sensible numbers.
import { forbiddenField, invalidValue, required } from '../../field-error.ts'
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../types/core-v1.ts'
import { addInvalid, addNonNegative, addSupported, type Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { isHttpHeaderName, isPortName, isPortNumber } from '../names.ts'

export const validatePortNumberOrName = (errors: Errors, path: string, port: number | string | undefined): void => {
  if (typeof port === 'string') addInvalid(errors, path, port, isPortName(port))
  else addInvalid(errors, path, port ?? 0, isPortNumber(port ?? 0))
}

const validateHttpGet = (errors: Errors, path: string, action: Loose<HTTPGetAction>): void => {
  if (!action.path) errors.push(required(`${path}.path`))
  validatePortNumberOrName(errors, `${path}.port`, action.port)
  addSupported(errors, `${path}.scheme`, action.scheme, ['HTTP', 'HTTPS'])
  for (const header of action.httpHeaders ?? []) addInvalid(errors, `${path}.httpHeaders`, header.name, isHttpHeaderName(header.name ?? ''))
}

type Handler = Loose<Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>> & Loose<Pick<LifecycleHandler, 'sleep'>>

const validateHandler = (errors: Errors, path: string, handler: Handler, graceSeconds: number | undefined): void => {
  let count = 0
  const first = (key: string): boolean => {
    if (count > 0) errors.push(forbiddenField(`${path}.${key}`, 'may not specify more than 1 handler type'))
    return count++ === 0
  }
  if (handler.exec && first('exec') && !handler.exec.command?.length) errors.push(required(`${path}.exec.command`))
  if (handler.httpGet && first('httpGet')) validateHttpGet(errors, `${path}.httpGet`, handler.httpGet)
  if (handler.tcpSocket && first('tcpSocket')) validatePortNumberOrName(errors, `${path}.tcpSocket.port`, handler.tcpSocket.port)
  if (handler.grpc && first('grpc')) addInvalid(errors, `${path}.grpc.port`, handler.grpc.port ?? 0, isPortNumber(handler.grpc.port ?? 0))
  if (handler.sleep && first('sleep')) {
    const seconds = handler.sleep.seconds ?? 0
    if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds)) {
      errors.push(invalidValue(`${path}.sleep`, seconds, `must be non-negative and no more than the pod's grace period of ${graceSeconds} s`))
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'))
}

export const validateLifecycle = (errors: Errors, path: string, lifecycle: Loose<Lifecycle>, graceSeconds: number | undefined): void => {
  if (lifecycle.postStart) validateHandler(errors, `${path}.postStart`, lifecycle.postStart, graceSeconds)
  if (lifecycle.preStop) validateHandler(errors, `${path}.preStop`, lifecycle.preStop, graceSeconds)
}

export const validateProbe = (
  errors: Errors,
  path: string,
  probe: Loose<Probe> | undefined,
  kind: 'liveness' | 'readiness' | 'startup',
  graceSeconds: number | undefined,
): void => {
  if (!probe) return
  validateHandler(errors, path, probe, graceSeconds)
  addNonNegative(errors, `${path}.initialDelaySeconds`, probe.initialDelaySeconds)
  addNonNegative(errors, `${path}.timeoutSeconds`, probe.timeoutSeconds)
  addNonNegative(errors, `${path}.periodSeconds`, probe.periodSeconds)
  addNonNegative(errors, `${path}.successThreshold`, probe.successThreshold)
  addNonNegative(errors, `${path}.failureThreshold`, probe.failureThreshold)
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  if (kind === 'readiness') {
    if (grace !== undefined) errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readiness probes'))
  } else if (probe.successThreshold !== 1) errors.push(invalidValue(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
}
