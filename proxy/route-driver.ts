// Keeps the kernel's routes of our protocol number equal to the plan. Others' routes are not looked at.
import { backoffDelayMs } from '../base/backoff.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Shell } from '../base/shell.types.ts'
import type { Routes } from './rules/routes.ts'
import { diffRoutes, parseRoutes } from './rules/routes.ts'

/** Marks our routes in `ip route`; cni/remove.ts, which takes them away, knows the same number. */
export const routeProtocol = '219'

export interface RouteDriver {
  /** The plan may have changed. */
  mark(): void
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface RouteDriverOptions {
  readonly shell: Shell
  readonly commandPrefix: readonly string[]
  readonly plan: () => Routes
  readonly clock: Clock
  readonly log: Logger
}

const retry = { baseMs: 200, maxMs: 30_000, jitter: 0.2 }

export const createRouteDriver = ({ shell, commandPrefix, plan, clock, log }: RouteDriverOptions): RouteDriver => {
  let present: Routes | undefined
  let dirty = false
  let stopped = false
  let running: Promise<void> | undefined
  let attempt = 0
  let cancelRetry: (() => void) | undefined

  const ip = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await shell.run([...commandPrefix, 'ip', ...args])
    if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`)
    return stdout
  }
  const round = async (): Promise<void> => {
    present ??= parseRoutes(await ip('-j', '-4', 'route', 'show', 'proto', routeProtocol))
    const wanted = plan()
    const { set, remove } = diffRoutes(present, wanted)
    for (const destination of remove) await ip('-4', 'route', 'del', destination, 'proto', routeProtocol)
    for (const [destination, how] of set) await ip('-4', 'route', 'replace', destination, ...how.split(' '), 'proto', routeProtocol)
    if (set.length + remove.length > 0) log.info({ set: set.map(([destination, how]) => `${destination} ${how}`), remove }, 'changed routes')
    present = wanted
  }
  const run = async (): Promise<void> => {
    await Promise.resolve()
    while (dirty && !stopped && !cancelRetry) {
      dirty = false
      try {
        await round()
        attempt = 0
      } catch (error) {
        dirty = true
        present = undefined
        const delay = backoffDelayMs(retry, attempt++)
        log.warn({ err: error, retryInMs: Math.round(delay) }, 'the routes between nodes could not be set; trying again')
        cancelRetry = clock.after(delay, () => {
          cancelRetry = undefined
          start()
        })
      }
    }
  }
  const start = (): void => {
    if (running || stopped || !dirty) return
    running = run().finally(() => {
      running = undefined
      if (!cancelRetry) start()
    })
  }
  return {
    mark: () => {
      dirty = true
      start()
    },
    settled: async () => {
      while (running) await running
    },
    stop: async () => {
      stopped = true
      cancelRetry?.()
      await running
    },
  }
}
