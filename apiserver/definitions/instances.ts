// Removes all objects of a custom kind, as deleting them one by one would: those with finalizers are marked, and waited for.
import type { Clock } from '../../base/clock.ts'
import { type Entry, type Store, StoreError } from '../../store/store.ts'
import { planDeletion } from '../verbs/finalizers.ts'
import type { DeleteOptions } from '../verbs/options.ts'
import type { CustomResource } from './custom-resource.ts'

const options: DeleteOptions = { dryRun: false } as DeleteOptions

const deleteOne = async (store: Store, resource: CustomResource, first: Entry, nowMs: number): Promise<void> => {
  for (let entry: Entry | undefined = first; entry;) {
    const plan = planDeletion(resource.storage, entry.object(), options, nowMs)
    try {
      if (plan.step === 'remove') await store.delete(entry.key, entry.revision)
      else if (plan.step === 'mark' && entry.object().metadata.deletionTimestamp === undefined) await store.update(entry.key, plan.object, entry.revision)
      return
    } catch (error) {
      if (!(error instanceof StoreError) || (error.code !== 'Conflict' && error.code !== 'NotFound')) throw error
      entry = error.code === 'Conflict' ? (error.current ?? (await store.get(entry.key, 'consistent'))) : undefined
    }
  }
}

/** Resolves when none is left. Idempotent. */
export const deleteInstances = async (store: Store, resource: CustomResource, clock: Clock, signal: AbortSignal): Promise<void> => {
  const { prefix } = resource.stored
  for (;;) {
    signal.throwIfAborted()
    const { entries, revision } = await store.list(prefix, { freshness: 'consistent', signal })
    const left = [...entries]
    if (!left.length) return
    for (const entry of left) await deleteOne(store, resource, entry, clock.now())
    await untilRemoved(store, prefix, revision, signal)
  }
}

/** Resolves at the next removal under the prefix. */
const untilRemoved = (store: Store, prefix: string, after: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      watch.cancel()
      reject(signal.reason as Error)
    }
    const watch = store.watch(prefix, after, {
      onEvents: events => {
        if (!events.some(e => e.type === 'DELETED')) return
        signal.removeEventListener('abort', stop)
        watch.cancel()
        resolve()
      },
      onEnd: () => {
        signal.removeEventListener('abort', stop)
        resolve()
      },
    })
    signal.addEventListener('abort', stop, { once: true })
  })
