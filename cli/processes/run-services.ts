// Life of a process: starts its services in order, waits for a signal, stops them in reverse. The only place that decides how it exits.
import { systemClock } from '../../base/clock.ts'
import { collectWhenIdle, createHeapProbe } from '../../base/idle-collection.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import { toPaths, type Paths } from '../../base/paths.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { keepCompiled } from './keep-compiled.ts'

export interface ComposeDeps {
  readonly log: Logger
  readonly paths: Paths
}

/** The services of one process, in the order in which they start. */
export type Composition = (config: ClusterConfig, deps: ComposeDeps) => Promise<readonly NamedService[]>

export interface NamedService {
  readonly name: string
  readonly service: Service
}

/** Starts and stops all of them side by side, as one service. Ready when all are. */
export const together = (services: readonly NamedService[], log: Logger): Service => ({
  start: async signal => {
    await Promise.all(
      services.map(async ({ name, service }) => {
        const since = performance.now()
        await service.start(signal)
        log.info({ service: name, ms: Math.round(performance.now() - since) }, `${name} started`)
      }),
    )
  },
  stop: async () => {
    await Promise.all(services.map(({ service }) => service.stop()))
  },
})

/** EX_CONFIG of sysexits(3). */
const exitConfig = 78
const hopeless = new Set(['EADDRNOTAVAIL', 'EACCES', 'EPERM'])

const isHopeless = (error: unknown): boolean => {
  for (let at = error; at instanceof Error; at = at.cause) if (hopeless.has((at as NodeJS.ErrnoException).code ?? '')) return true
  return false
}

export const runServices = async (kind: string, compose: Composition, config: ClusterConfig, log: Logger): Promise<void> => {
  const stopping = new AbortController()
  const started: NamedService[] = []
  const ended = Promise.withResolvers<undefined>()
  const stop = async (): Promise<void> => {
    for (const { name, service } of started.splice(0).reverse()) {
      await service.stop().catch((error: unknown) => log.error({ err: error, service: name }, 'a service did not stop cleanly'))
    }
    ended.resolve(undefined)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(130)
    log.info({ signal }, `${kind} is stopping`)
    stopping.abort(new Error(`${kind} was stopped by ${signal}`))
    void stop()
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  process.on('unhandledRejection', error => log.error({ err: error }, 'a rejection that nobody handled'))

  // Services hold timers that do not keep the process alive; this does.
  const alive = setInterval(() => undefined, 2 ** 31 - 1)
  try {
    for (const named of await compose(config, { log, paths: toPaths(config.root) })) {
      const since = performance.now()
      started.push(named)
      await named.service.start(stopping.signal)
      log.info({ service: named.name, ms: Math.round(performance.now() - since) }, `${named.name} started`)
    }
  } catch (error) {
    if (!stopping.signal.aborted) {
      log.error({ err: error }, `${kind} cannot start: ${(error as Error).message}`)
      await stop()
      process.exit(isHopeless(error) ? exitConfig : 1)
    }
  }
  keepCompiled()
  const endCollection = collectWhenIdle(createHeapProbe(), systemClock)
  await ended.promise
  endCollection()
  clearInterval(alive)
  process.exit(0)
}
