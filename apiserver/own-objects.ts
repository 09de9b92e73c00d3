// Writing what the server makes for itself: past admission and authorization, and such that several servers on one store may do it at once.
import { randomUUID } from 'node:crypto'
import { toTime } from '../base/clock.ts'
import type { KubeObject } from '../api/object.ts'
import { StoreError } from '../store/store.ts'
import type { Parts } from './context.ts'
import type { Served } from './resource-table.ts'
import { toCanonical } from './verbs/decode.ts'
import { sameObject } from './verbs/metadata.ts'

type Deps = Pick<Parts, 'store' | 'clock'>

const keyOf = (served: Served, { metadata }: KubeObject): string => served.keyOf(metadata.namespace ?? '', metadata.name ?? '')

const maxTries = 20

/**
 * Stores what `next` makes of the object that is there (undefined: none). Writes nothing when that is the same; looks again when somebody
 * else wrote in between. `next` may answer undefined: leave it as it is.
 */
export const reconcileObject = async (
  { store, clock }: Deps,
  served: Served,
  key: string,
  next: (current: KubeObject | undefined) => KubeObject | undefined,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const entry = await store.get(key, attempt === 1 ? 'any' : 'consistent')
    const current = entry?.object()
    const wanted = next(current)
    if (!wanted) return
    const { resourceVersion: _, ...metadata } = wanted.metadata
    const own = current?.metadata ?? { uid: randomUUID(), creationTimestamp: toTime(clock.now()) }
    // Decoding makes everything anew: what `next` gave is not frozen with the stored object.
    const object = toCanonical(served.record, { ...wanted, metadata: { ...metadata, uid: own.uid, creationTimestamp: own.creationTimestamp } })
    if (current && sameObject(object, current)) return
    try {
      await (entry ? store.update(key, object, entry.revision) : store.create(key, object))
      return
    } catch (error) {
      const raced = error instanceof StoreError && (error.code === 'Conflict' || error.code === 'NotFound' || error.code === 'Exists')
      if (!raced || attempt >= maxTries) throw error
    }
  }
}

/** Creates it where it is missing; one that is there is its owner's. */
export const ensureObject = async (deps: Deps, served: Served, object: KubeObject): Promise<void> =>
  reconcileObject(deps, served, keyOf(served, object), current => (current ? undefined : object))

/** Creates it, or brings what is stored to it; labels and annotations that others added stay. */
export const ensureCurrent = async (deps: Deps, served: Served, object: KubeObject): Promise<void> =>
  reconcileObject(deps, served, keyOf(served, object), current => {
    if (!current) return object
    const { labels, annotations } = { ...current.metadata, ...object.metadata }
    return { ...object, metadata: { ...current.metadata, ...object.metadata, ...(labels && { labels }), ...(annotations && { annotations }) } }
  })
