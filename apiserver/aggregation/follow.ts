// Follows all objects under a prefix of the store: a list, then the watch from there; again when the watch ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { backoffDelayMs } from '../../base/backoff.ts'
import type { Logger } from '../../base/log.ts'
import type { Entry, Store, StoreWatch } from '../../store/store.ts'

const retry = { baseMs: 50, maxMs: 5_000, jitter: 0.2 }

/** Resolves when all objects were told once. `entry` is undefined for one that has gone. */
export const followPrefix = async (
  { store, log, signal }: { store: Store; log: Logger; signal: AbortSignal },
  prefix: string,
  observe: (name: string, entry: Entry | undefined) => void,
): Promise<void> => {
  const known = new Set<string>()
  const tell = (name: string, entry: Entry | undefined): void => {
    if (entry) known.add(name)
    else known.delete(name)
    observe(name, entry)
  }
  let watch: StoreWatch | undefined
  signal.addEventListener('abort', () => watch?.cancel(), { once: true })
  const once = async (): Promise<void> => {
    const { entries, revision } = await store.list(prefix, { freshness: 'consistent', signal })
    const present = new Map([...entries].map(e => [e.name, e]))
    for (const name of [...known]) if (!present.has(name)) tell(name, undefined)
    for (const [name, entry] of present) tell(name, entry)
    watch = store.watch(prefix, revision, {
      onEvents: events => {
        for (const { type, entry } of events) tell(entry.name, type === 'DELETED' ? undefined : entry)
      },
      onEnd: error => {
        if (signal.aborted) return
        log.warn({ err: error, prefix }, 'a watch ended and is taken up again')
        void again()
      },
    })
  }
  const again = async (): Promise<void> => {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await once()
        return
      } catch (error) {
        log.warn({ err: error, prefix }, 'a prefix cannot be followed')
        await sleep(backoffDelayMs(retry, attempt), undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }
  await once()
}
