// Containers of the three kinds: what all share, and what only some may have.
import { duplicate, forbiddenField, invalidValue, notSupported, required, tooMany, valueNotFound } from '../../field-error.ts'
import type {
  Container,
  ContainerPort,
  ContainerResizePolicy,
  ContainerRestartRule,
  EphemeralContainer,
  PodSpec,
  Volume,
  VolumeDevice,
  VolumeMount,
} from '../../types/core-v1.ts'
import { addChoice, addInvalid, addRequiredName, addSupported, type Errors } from '../collect.ts'
import { isZero, type Loose } from '../loose.ts'
import { isDns1123Label, isPortName, isPortNumber } from '../names.ts'
import { type KnownVolumes, validateEnv, validateEnvFrom } from './env.ts'
import type { PodRules } from './options.ts'
import { hasBackstep, validateDescendingPath } from './paths.ts'
import { validateLifecycle, validateProbe } from './probes.ts'
import { validateContainerResources } from './resources.ts'
import { validateSecurityContext } from './security.ts'
import { validatePullPolicy } from './volumes.ts'

/** What the containers of one pod are judged against. */
export interface PodScope {
  readonly spec: Loose<PodSpec>
  readonly volumes: KnownVolumes
  readonly claims: ReadonlySet<string>
  readonly graceSeconds: number | undefined
  readonly hostUsers: boolean
  readonly rules: PodRules
}

const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP']

const validatePorts = (errors: Errors, path: string, ports: readonly Loose<ContainerPort>[]): void => {
  const names = new Set<string>()
  ports.forEach((port, i) => {
    const at = `${path}[${i}]`
    if (port.name) {
      const messages = isPortName(port.name)
      // Upstream reuses its index here: after a bad name the messages are counted, the port is still the same.
      if (messages.length) addInvalid(errors, `${at}.name`, port.name, messages)
      else if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name))
      else names.add(port.name)
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`))
    else addInvalid(errors, `${at}.containerPort`, port.containerPort, isPortNumber(port.containerPort))
    if (port.hostPort) addInvalid(errors, `${at}.hostPort`, port.hostPort, isPortNumber(port.hostPort))
    addChoice(errors, `${at}.protocol`, port.protocol, protocols)
  })
}

const validateMounts = (errors: Errors, path: string, container: Loose<Container>, volumes: KnownVolumes): void => {
  const seen = new Set<string>()
  const devices = container.volumeDevices ?? []
  container.volumeMounts?.forEach((mount: Loose<VolumeMount>, i) => {
    const at = `${path}[${i}]`
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount
    if (!name) errors.push(required(`${at}.name`))
    const volume: Loose<Volume> | undefined = volumes.get(name)
    if (!volume) errors.push(valueNotFound(`${at}.name`, name))
    if (!mountPath) errors.push(required(`${at}.mountPath`))
    if (seen.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    seen.add(mountPath)
    if (devices.some(d => (d.name ?? '') === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (devices.some(d => (d.devicePath ?? '') === mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    if (subPath) validateDescendingPath(errors, `${path}.subPath`, subPath)
    if (subPathExpr) {
      if (subPath) errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath exclude each other'))
      validateDescendingPath(errors, `${path}.subPathExpr`, subPathExpr)
    }
    if (mount.mountPropagation !== undefined) {
      addSupported(errors, `${path}.mountPropagation`, mount.mountPropagation, ['Bidirectional', 'HostToContainer', 'None'])
      if (mount.mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
        errors.push(forbiddenField(`${path}.mountPropagation`, 'Bidirectional is for privileged containers only'))
      }
    }
    validateRecursiveReadOnly(errors, `${path}.recursiveReadOnly`, mount)
  })
}

const validateRecursiveReadOnly = (errors: Errors, path: string, mount: Loose<VolumeMount>): void => {
  const mode = mount.recursiveReadOnly
  if (mode === undefined || mode === 'Disabled') return
  if (mode !== 'Enabled' && mode !== 'IfPossible') {
    errors.push(notSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible']))
    return
  }
  if (!mount.readOnly) errors.push(forbiddenField(path, 'may only be specified when readOnly is true'))
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None')
    errors.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'))
}

const validateDevices = (errors: Errors, path: string, container: Loose<Container>, volumes: KnownVolumes): void => {
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = container.volumeMounts ?? []
  container.volumeDevices?.forEach((device: Loose<VolumeDevice>, i) => {
    const at = `${path}[${i}]`
    const { name = '', devicePath = '' } = device
    const volume = volumes.get(name)
    if (!name) errors.push(required(`${at}.name`))
    if (names.has(name)) errors.push(invalidValue(`${at}.name`, name, 'must be unique'))
    if (!volume) errors.push(valueNotFound(`${at}.name`, name))
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(invalidValue(`${at}.name`, name, 'block mode needs a PersistentVolumeClaim or an ephemeral volume'))
    if (!devicePath) errors.push(required(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath && hasBackstep(devicePath)) errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must not contain ".."'))
    else paths.add(devicePath)
    if (mounts.some(m => (m.name ?? '') === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeMounts'))
    if (mounts.some(m => (m.mountPath ?? '') === devicePath))
      errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
    if (name) names.add(name)
  })
}

const validateResizePolicy = (
  errors: Errors,
  path: string,
  policies: readonly Loose<ContainerResizePolicy>[],
  podRestartPolicy: string | undefined,
  restartPolicy: string | undefined,
): void => {
  const seen = new Set<string>()
  policies.forEach((policy, i) => {
    const name = policy.resourceName ?? ''
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}]`, name))
    seen.add(name)
    addChoice(errors, path, name, ['cpu', 'memory'])
    addChoice(errors, path, policy.restartPolicy, ['NotRequired', 'RestartContainer'])
    if (podRestartPolicy === 'Never' && restartPolicy === undefined && policy.restartPolicy !== 'NotRequired')
      errors.push(invalidValue(path, policy.restartPolicy, 'must be NotRequired when `restartPolicy` is Never'))
  })
}

const validateRestartRules = (errors: Errors, path: string, container: Loose<Container>): void => {
  const rules: readonly Loose<ContainerRestartRule>[] = container.restartPolicyRules ?? []
  if (container.restartPolicy !== undefined) addSupported(errors, `${path}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure'])
  else if (rules.length) errors.push(required(`${path}.restartPolicy`, 'must be specified when restartPolicyRules are'))
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20))
  rules.forEach((rule, i) => {
    const at = `${path}.restartPolicyRules[${i}]`
    addSupported(errors, `${at}.action`, rule.action, ['Restart', 'RestartAllContainers'])
    if (!rule.exitCodes) {
      errors.push(required(`${at}.exitCodes`, 'must be specified'))
      return
    }
    const values = rule.exitCodes.values ?? []
    addSupported(errors, `${at}.exitCodes.operator`, rule.exitCodes.operator, ['In', 'NotIn'])
    if (values.length === 0) errors.push(required(`${at}.exitCodes.values`, 'must have at least one value'))
    if (values.length > 255) errors.push(tooMany(`${at}.exitCodes.values`, values.length, 255))
  })
}

const validateCommon = (errors: Errors, path: string, container: Loose<Container>, scope: PodScope): void => {
  addRequiredName(errors, `${path}.name`, container.name, isDns1123Label)
  if (!container.image) errors.push(required(`${path}.image`))
  addChoice(errors, `${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File'])
  if (container.ports) validatePorts(errors, `${path}.ports`, container.ports)
  if (container.env) validateEnv(errors, `${path}.env`, container.env, scope.volumes)
  if (container.envFrom) validateEnvFrom(errors, `${path}.envFrom`, container.envFrom)
  validateMounts(errors, `${path}.volumeMounts`, container, scope.volumes)
  validateDevices(errors, `${path}.volumeDevices`, container, scope.volumes)
  validatePullPolicy(errors, `${path}.imagePullPolicy`, container.imagePullPolicy)
  validateContainerResources(errors, `${path}.resources`, container.resources, scope.claims, scope.rules)
  if (container.resizePolicy) validateResizePolicy(errors, `${path}.resizePolicy`, container.resizePolicy, scope.spec.restartPolicy, container.restartPolicy)
  validateSecurityContext(errors, `${path}.securityContext`, container.securityContext, scope.hostUsers)
}

const validateUniqueHostPorts = (errors: Errors, containers: readonly Loose<Container>[], path: (i: number) => string): void => {
  const seen = new Set<string>()
  containers.forEach((container, i) =>
    container.ports?.forEach((port, j) => {
      if (!port.hostPort) return
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`
      if (seen.has(key)) errors.push(duplicate(`${path(i)}.ports[${j}].hostPort`, key))
      seen.add(key)
    }),
  )
}

const validateLongRunning = (errors: Errors, path: string, container: Loose<Container>, graceSeconds: number | undefined): void => {
  if (container.lifecycle) validateLifecycle(errors, `${path}.lifecycle`, container.lifecycle, graceSeconds)
  validateProbe(errors, `${path}.livenessProbe`, container.livenessProbe, 'liveness', graceSeconds)
  validateProbe(errors, `${path}.readinessProbe`, container.readinessProbe, 'readiness', graceSeconds)
  validateProbe(errors, `${path}.startupProbe`, container.startupProbe, 'startup', graceSeconds)
}

export const validateContainers = (errors: Errors, path: string, containers: readonly Loose<Container>[], scope: PodScope): void => {
  if (containers.length === 0) {
    errors.push(required(path))
    return
  }
  const names = new Set<string>()
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`
    validateCommon(errors, at, container, scope)
    if (names.has(container.name ?? '')) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name ?? '')
    validateLongRunning(errors, at, container, scope.graceSeconds)
    validateRestartRules(errors, at, container)
  })
  validateUniqueHostPorts(errors, containers, i => `${path}[${i}]`)
}

export const validateInitContainers = (errors: Errors, path: string, containers: readonly Loose<Container>[], scope: PodScope): void => {
  const names = new Set((scope.spec.containers ?? []).map(c => c.name ?? ''))
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`
    validateCommon(errors, at, container, scope)
    validateRestartRules(errors, at, container)
    if (names.has(container.name ?? '')) errors.push(duplicate(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    // Init containers run one after another: each only conflicts with itself.
    validateUniqueHostPorts(errors, [container], () => `${path}[0]`)
    if (container.restartPolicy === 'Always') {
      validateLongRunning(errors, at, container, scope.graceSeconds)
      return
    }
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[key]) errors.push(forbiddenField(`${at}.${key}`, 'may not be set for init containers without restartPolicy=Always'))
    }
  })
}

const ephemeralFields: ReadonlySet<string> = new Set([
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'envFrom',
  'env',
  'volumeMounts',
  'volumeDevices',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'securityContext',
  'stdin',
  'stdinOnce',
  'tty',
  'targetContainerName',
])

export const validateImageWhitespace = (errors: Errors, path: string, image: string | undefined): void => {
  if (image !== undefined && image !== image.trim()) errors.push(invalidValue(path, image, 'must not have leading or trailing white space'))
}

export const validateEphemeralContainers = (errors: Errors, path: string, containers: readonly Loose<EphemeralContainer>[], scope: PodScope): void => {
  const others = new Set([...(scope.spec.containers ?? []), ...(scope.spec.initContainers ?? [])].map(c => c.name ?? ''))
  const names = new Set(others)
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`
    validateCommon(errors, at, container, scope)
    validateImageWhitespace(errors, `${at}.image`, container.image)
    if (names.has(container.name ?? '')) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name ?? '')
    if (container.targetContainerName && !others.has(container.targetContainerName))
      errors.push(valueNotFound(`${at}.targetContainerName`, container.targetContainerName))
    for (const [key, value] of Object.entries(container)) {
      if (!ephemeralFields.has(key) && !isZero(value)) errors.push(forbiddenField(`${at}.${key}`, 'cannot be set for an ephemeral container'))
    }
    container.volumeMounts?.forEach((mount, j) => {
      for (const key of ['subPath', 'subPathExpr'] as const) {
        if (mount[key]) errors.push(forbiddenField(`${at}.volumeMounts[${j}].${key}`, 'cannot be set for an ephemeral container'))
      }
    })
  })
}
