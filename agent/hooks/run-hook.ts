// postStart and preStop handlers.
import type { Container, LifecycleHandler } from '../../api/types/core-v1.ts'
import { sleep, type Clock } from '../../base/clock.ts'
import type { Cri } from '../cri/client.ts'
import { httpGet } from './http-get.ts'

export interface HookTarget {
  readonly container: Container
  readonly containerId: string
  readonly podIp: string | undefined
}

/** A port by number or by the name that the container gave it; undefined when there is none. */
export const resolvePort = (container: Container, port: number | string): number | undefined => {
  const number = Number(port)
  const found = Number.isInteger(number) ? number : container.ports?.find(({ name }) => name === port)?.containerPort
  return found !== undefined && found > 0 && found < 65_536 ? found : undefined
}

/** Resolves when the handler succeeded; rejects with what it said. */
export const runHook = async (
  handler: LifecycleHandler,
  target: HookTarget,
  timeoutSeconds: number,
  { cri, clock }: { cri: Cri; clock: Clock },
): Promise<void> => {
  const { container, containerId, podIp } = target
  if (handler.exec) {
    const { exitCode, stdout, stderr } = await cri.streaming.execSync(containerId, handler.exec.command ?? [], timeoutSeconds)
    if (exitCode !== 0)
      throw new Error(
        `command '${(handler.exec.command ?? []).join(' ')}' exited with ${exitCode}: ${stderr.toString()}, message: ${JSON.stringify(stdout.toString() + stderr.toString())}`,
      )
  } else if (handler.httpGet) {
    const port = resolvePort(container, handler.httpGet.port)
    const host = handler.httpGet.host || podIp
    if (port === undefined || !host) throw new Error(`failed to find networking container or port ${handler.httpGet.port}`)
    const { status } = await httpGet(handler.httpGet, host, port, (timeoutSeconds || 30) * 1000, 'kube-lifecycle/1.36')
    if (status < 200 || status >= 400) throw new Error(`HTTP hook failed with statuscode: ${status}`)
  } else if (handler.sleep) {
    await sleep(clock, Math.min(handler.sleep.seconds, timeoutSeconds || Infinity) * 1000)
  }
}
