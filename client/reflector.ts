// Keeps up with one list: reads it once, then follows a watch from its resourceVersion, resumes where a broken watch stopped, and
// reads anew only when the server no longer remembers that point (410). Never polls.
//
//   list ─▶ watch ─end/error─▶ (back-off) ─▶ watch from the last version
//    ▲        └──── 410 / ERROR Expired ─────────┐
//    └───────────────────────────────────────────┘
import type { KubeObject } from '../api/object.ts'
import { StatusError, type Status } from '../api/status.ts'
import { type Backoff, backoffDelayMs } from '../base/backoff.ts'
import { type Clock, sleep } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { ResourceClient } from './types.ts'

export interface ReflectorTarget<T> {
  /** The whole list, current at one version. */
  replace(items: readonly T[]): Promise<void> | void
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: ResourceClient<T>
  readonly what: string
  readonly selectors: { labelSelector?: string; fieldSelector?: string }
  readonly target: ReflectorTarget<T>
  readonly log: Logger
  readonly clock: Clock
  readonly random?: () => number
}

// Grows slowly: whoever waits for a server that starts should not wait as long again as that took.
const retry: Backoff = { baseMs: 50, maxMs: 5_000, factor: 1.3, jitter: 0.5 }
/** A watch that lived this long was healthy: its end is no failure. */
const healthyMs = 1_000

const isGone = (error: unknown): boolean => error instanceof StatusError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone')

// A call, so that the compiler does not take the answer from before an await.
const isAborted = (signal: AbortSignal): boolean => signal.aborted

/** Returns when `signal` aborts. */
export const runReflector = async <T extends KubeObject>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<void> => {
  const { client, what, selectors, target, log, clock, random = Math.random } = options
  let version: string | undefined
  let failures = 0

  const list = async (): Promise<string> => {
    const { items, metadata } = await client.list({ ...selectors, signal })
    await target.replace(items)
    return metadata.resourceVersion
  }
  const watch = async (from: string): Promise<void> => {
    const timeoutSeconds = Math.floor(300 * (1 + random()))
    for await (const event of client.watch({ ...selectors, resourceVersion: from, allowWatchBookmarks: true, timeoutSeconds, signal })) {
      if (event.type === 'ERROR') throw StatusError.from(event.object as Status)
      if (event.type !== 'BOOKMARK') target.apply(event.type, event.object)
      version = event.object.metadata.resourceVersion ?? version
      failures = 0
    }
  }

  while (!signal.aborted) {
    const startedMs = clock.now()
    try {
      version ??= await list()
      await watch(version)
      if (clock.now() - startedMs >= healthyMs) failures = 0
      else failures++
    } catch (error) {
      if (isAborted(signal)) return
      if (isGone(error)) {
        log.debug({ what, version }, 'the server no longer remembers this version; reading the list anew')
        version = undefined
        failures++
      } else {
        failures++
        // A server that is away is told of now and then, not at each try.
        log[failures % 10 === 4 ? 'warn' : 'debug']({ what, err: error, failures }, 'list or watch failed; trying again')
      }
    }
    // The first retry comes at once: the usual cause is a watch that reached its time, or one lost connection.
    if (failures > 1) await sleep(clock, backoffDelayMs(retry, failures - 2, random), signal).catch(() => undefined)
  }
}
