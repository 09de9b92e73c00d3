// Deletion as data: which finalizers a deletion adds, when an object that waits for none may go. Rules of upstream's registry store. Pure.
import { toTime } from '../../base/clock.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { Mutable } from '../context.ts'
import type { DeleteOptions } from './options.ts'

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

const finalizersOf = (object: KubeObject): readonly string[] => object.metadata.finalizers ?? []

/** A namespace also waits for its content: spec.finalizers. */
const holdsContent = (record: AnyResource, object: KubeObject): boolean =>
  record.id === 'namespaces' && ((object as { spec?: { finalizers?: string[] } }).spec?.finalizers?.length ?? 0) > 0

/** After an update: deleted before, and nothing holds it any more. */
export const shouldDeleteDuringUpdate = (record: AnyResource, object: KubeObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata
  return deletionTimestamp !== undefined && finalizersOf(object).length === 0 && !deletionGracePeriodSeconds && !holdsContent(record, object)
}

const shouldOrphan = (record: AnyResource, object: KubeObject, o: DeleteOptions): boolean => {
  if (o.orphanDependents !== undefined) return o.orphanDependents
  if (o.propagationPolicy !== undefined) return o.propagationPolicy === 'Orphan'
  const now = finalizersOf(object)
  if (now.includes(orphan)) return true
  if (now.includes(foreground)) return false
  return record.defaultPropagation === 'Orphan'
}
const shouldDeleteDependents = (object: KubeObject, o: DeleteOptions): boolean => {
  if (o.orphanDependents !== undefined) return false
  if (o.propagationPolicy !== undefined) return o.propagationPolicy === 'Foreground'
  return finalizersOf(object).includes(foreground)
}

/** The finalizers an object has once its deletion is asked for, or undefined when they stay as they are. */
export const deletionFinalizers = (record: AnyResource, object: KubeObject, options: DeleteOptions): string[] | undefined => {
  const now = finalizersOf(object)
  const orphans = shouldOrphan(record, object, options)
  const deletes = shouldDeleteDependents(object, options)
  const next = now.filter(f => (f !== orphan || orphans) && (f !== foreground || deletes))
  if (orphans && !next.includes(orphan)) next.push(orphan)
  if (deletes && !next.includes(foreground)) next.push(foreground)
  return next.length === now.length && next.every((f, i) => f === now[i]) ? undefined : next
}

const bumpGeneration = (object: KubeObject): void => {
  const { generation } = object.metadata
  if (generation !== undefined && generation > 0) object.metadata.generation = generation + 1
}

export type DeletionStep =
  /** Nothing to do: a deletion with no longer grace is under way. */
  | { readonly step: 'pending' }
  /** Remove it now. */
  | { readonly step: 'remove' }
  /** Store `object`; then remove it if `remove`. */
  | { readonly step: 'mark'; readonly object: KubeObject; readonly remove: boolean }

const withFinalizers = (object: Mutable, next: string[] | undefined): void => {
  if (!next) return
  if (next.length) object.metadata.finalizers = next
  else delete object.metadata.finalizers
}

/** What a DELETE does to the stored object. `old` is frozen. */
export const planDeletion = (record: AnyResource, old: KubeObject, options: DeleteOptions, nowMs: number): DeletionStep => {
  const { metadata } = old
  const finalizers = deletionFinalizers(record, old, options)
  const copy = (): Mutable => {
    const { resourceVersion: _resourceVersion, ...rest } = metadata
    const object = { ...old, metadata: { ...rest } } as Mutable
    withFinalizers(object, finalizers)
    return object
  }
  const grace = record.defaultGraceSeconds as ((o: KubeObject) => number | undefined) | undefined
  if (grace) {
    if (metadata.deletionTimestamp !== undefined) {
      const current = metadata.deletionGracePeriodSeconds
      if (current) {
        const period = options.gracePeriodSeconds
        if (period === undefined || Math.max(period, 0) >= current) return { step: 'pending' }
        const wanted = period < 0 ? 1 : period
        const object = copy()
        object.metadata.deletionTimestamp = toTime(Date.parse(metadata.deletionTimestamp) + (wanted - current) * 1000)
        object.metadata.deletionGracePeriodSeconds = wanted
        return { step: 'mark', object, remove: wanted === 0 && !object.metadata.finalizers?.length }
      }
    } else {
      // A kind's own grace of zero (a pod without a node, or finished) is not lengthened by the client.
      const own = grace(old)
      if (own !== undefined) {
        let period = own === 0 ? 0 : (options.gracePeriodSeconds ?? own)
        if (period < 0) period = 1
        const object = copy()
        object.metadata.deletionTimestamp = toTime(nowMs + period * 1000)
        object.metadata.deletionGracePeriodSeconds = period
        bumpGeneration(object)
        return { step: 'mark', object, remove: period === 0 && !object.metadata.finalizers?.length }
      }
    }
  }
  const object = copy()
  if (!object.metadata.finalizers?.length) return { step: 'remove' }
  const at = metadata.deletionTimestamp
  if (at === undefined) {
    bumpGeneration(object)
    object.metadata.deletionTimestamp = toTime(nowMs)
  } else if (Date.parse(at) > nowMs) object.metadata.deletionTimestamp = toTime(nowMs)
  object.metadata.deletionGracePeriodSeconds = 0
  return { step: 'mark', object, remove: false }
}
