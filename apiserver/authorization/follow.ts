// Keeps something in memory at what the store has under a prefix: everything once, then every change, in order. When the watch ends (the
// store dropped its cache), what is known stays until all has been read anew.
import { setTimeout as sleep } from 'node:timers/promises'
import { backoffDelayMs } from '../../base/backoff.ts'
import type { Logger } from '../../base/log.ts'
import type { Entry, Store, StoreWatch } from '../../store/store.ts'

export interface Follower {
  /** Everything there is; called first, and again after the watch ended. */
  reset(entries: Iterable<Entry>): void
  set(entry: Entry): void
  remove(entry: Entry): void
}

const retry = { baseMs: 50, maxMs: 5_000, jitter: 0.2 }

/** Resolves when `follower` has everything; goes on until `signal` aborts. */
export const follow = async (store: Store, prefix: string, follower: Follower, log: Logger, signal: AbortSignal): Promise<void> => {
  let watch: StoreWatch | undefined
  signal.addEventListener('abort', () => watch?.cancel(), { once: true })

  const begin = async (): Promise<void> => {
    const { entries, revision } = await store.list(prefix, { freshness: 'any', signal })
    follower.reset(entries)
    watch = store.watch(prefix, revision, {
      onEvents: events => {
        for (const { type, entry } of events) {
          if (type === 'DELETED') follower.remove(entry)
          else follower.set(entry)
        }
      },
      onEnd: () => {
        if (!signal.aborted) void again()
      },
    })
  }

  const again = async (): Promise<void> => {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await sleep(backoffDelayMs(retry, failures), undefined, { signal })
        await begin()
        return
      } catch (error) {
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- aborted while it waited
        if (!signal.aborted) log.warn({ err: error, prefix }, 'what authorization goes by cannot be read; trying again')
      }
    }
  }

  await begin()
}
