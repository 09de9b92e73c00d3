// Keeps something in memory at what the store has under a prefix: everything once, then every change, in order. When the watch ends (the
// store dropped its cache), what is known stays until all has been read anew.
import { setTimeout as sleep } from 'node:timers/promises'
import { backoffDelayMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import type { Entry, Store, StoreWatch } from '../store/store.ts'

export interface Follower {
  /** Everything there is; called first, and again after the watch ended. Nothing else is called before it has resolved. */
  reset(entries: Iterable<Entry>): void | Promise<void>
  set(entry: Entry): void
  remove(entry: Entry): void
}

/** Tells of each name that it changed; `entry` is undefined for one that has gone. */
export const byName = (observe: (name: string, entry: Entry | undefined) => void): Follower => {
  const known = new Set<string>()
  const set = (entry: Entry): void => {
    known.add(entry.name)
    observe(entry.name, entry)
  }
  const remove = (name: string): void => {
    known.delete(name)
    observe(name, undefined)
  }
  return {
    reset: entries => {
      const present = new Map([...entries].map(e => [e.name, e]))
      for (const name of [...known]) if (!present.has(name)) remove(name)
      for (const entry of present.values()) set(entry)
    },
    set,
    remove: entry => remove(entry.name),
  }
}

const retry = { baseMs: 50, maxMs: 5_000, jitter: 0.2 }

/** Resolves when `follower` has everything; goes on until `signal` aborts. */
export const follow = async (store: Store, prefix: string, follower: Follower, log: Logger, signal: AbortSignal): Promise<void> => {
  let watch: StoreWatch | undefined
  signal.addEventListener('abort', () => watch?.cancel(), { once: true })

  const begin = async (): Promise<void> => {
    const { entries, revision } = await store.list(prefix, { freshness: 'any', signal })
    await follower.reset(entries)
    signal.throwIfAborted()
    watch = store.watch(prefix, revision, {
      onEvents: events => {
        for (const { type, entry } of events) {
          if (type === 'DELETED') follower.remove(entry)
          else follower.set(entry)
        }
      },
      onEnd: error => {
        if (signal.aborted) return
        log.warn({ err: error, prefix }, 'a watch ended and is taken up again')
        void again()
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
        if (!signal.aborted) log.warn({ err: error, prefix }, 'what the store has cannot be followed; trying again')
      }
    }
  }

  await begin()
}
