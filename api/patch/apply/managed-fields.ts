// metadata.managedFields: who set which fields, by which kind of write. Decoding never fails a request; encoding sorts as upstream.
import type { ManagedFieldsEntry } from '../../types/meta-v1.ts'
import { jsonEqual, type JsonMap, type JsonValue } from '../json-value.ts'
import { type FieldSet, fromFieldsV1, isEmpty, toFieldsV1, union } from './field-set.ts'

/** Who writes. Appliers are known by name alone, whatever version they send; updaters by version too. */
export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
}
export interface ManagedSet extends Manager {
  readonly set: FieldSet
  /** metav1.Time; absent for an applier whose apply changed nothing. */
  readonly time?: string
}
/** Keyed by managerId. Immutable. */
export type Managers = ReadonlyMap<string, ManagedSet>

export const managerId = (m: Manager): string => JSON.stringify([m.name, m.operation, m.operation === 'Apply' ? '' : m.apiVersion, m.subresource ?? ''])

/** Undefined when an entry cannot be understood: the caller then goes by the live object's. */
export const decodeManagers = (entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined => {
  const managers = new Map<string, ManagedSet>()
  for (const entry of entries ?? []) {
    if ((entry.operation !== 'Apply' && entry.operation !== 'Update') || entry.fieldsType !== 'FieldsV1' || !entry.apiVersion) return undefined
    try {
      const set = fromFieldsV1(entry.fieldsV1 as JsonValue | undefined)
      const managed: ManagedSet = {
        name: entry.manager ?? '',
        operation: entry.operation,
        apiVersion: entry.apiVersion,
        set,
        ...(entry.subresource && { subresource: entry.subresource }),
        ...(entry.time && { time: entry.time }),
      }
      managers.set(managerId(managed), managed)
    } catch {
      return undefined
    }
  }
  return managers
}

const bySeconds = (time: string | undefined): number => (time ? Math.floor(Date.parse(time) / 1000) : 0)
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const encodeManagers = (managers: Managers): ManagedFieldsEntry[] =>
  [...managers.values()]
    .filter(m => !isEmpty(m.set))
    .sort(
      (a, b) =>
        text(a.operation, b.operation) ||
        bySeconds(a.time) - bySeconds(b.time) ||
        text(a.name, b.name) ||
        text(a.apiVersion, b.apiVersion) ||
        text(a.subresource ?? '', b.subresource ?? ''),
    )
    .map(m => ({
      manager: m.name,
      operation: m.operation,
      apiVersion: m.apiVersion,
      ...(m.time && { time: m.time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(m.set),
      ...(m.subresource && { subresource: m.subresource }),
    }))

/** `[]` and `[{}]` ask to forget who manages what. */
export const isReset = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries !== undefined && (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0))

/** True when nothing but times differs. */
export const sameManagers = (a: readonly ManagedFieldsEntry[] | undefined, b: readonly ManagedFieldsEntry[] | undefined): boolean =>
  jsonEqual(timeless(a), timeless(b))
const timeless = (entries: readonly ManagedFieldsEntry[] = []): JsonValue => entries.map(({ time: _time, ...rest }) => rest as unknown as JsonMap)

const maxUpdaters = 10
export const ancientManager = 'ancient-changes'

/**
 * Old updaters beyond ten are merged, per version, into one, so that an object cannot grow without bound. The oldest of a version keeps
 * its name until a second one joins it.
 */
export const capUpdaters = (managers: Managers): Managers => {
  const updaters = [...managers].filter(([, m]) => m.operation === 'Update')
  if (updaters.length <= maxUpdaters) return managers
  updaters.sort(([a, x], [b, y]) => bySeconds(x.time) - bySeconds(y.time) || text(a, b))
  const capped = new Map(managers)
  const firstOf = new Map<string, string>()
  let count = updaters.length
  for (const [id, oldest] of updaters) {
    if (count <= maxUpdaters) break
    const first = firstOf.get(oldest.apiVersion)
    if (first === undefined) {
      firstOf.set(oldest.apiVersion, id)
      continue
    }
    const bucket: Manager = { name: ancientManager, operation: 'Update', apiVersion: oldest.apiVersion }
    const bucketId = managerId(bucket)
    const before = capped.get(bucketId) ?? capped.get(first)!
    if (!capped.has(bucketId)) capped.delete(first)
    capped.delete(id)
    capped.set(bucketId, { ...bucket, set: union(oldest.set, before.set), ...(oldest.time && { time: oldest.time }) })
    count--
  }
  return capped
}
