// metadata as the server keeps it: what it sets itself, what it takes over from the stored object. Order and rules are those of
// upstream's registry/rest BeforeCreate and BeforeUpdate. Pure but for names and uids, which are random.
import { randomInt, randomUUID } from 'node:crypto'
import { toTime } from '../../base/clock.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AnyResource } from '../../api/resource.ts'
import { badRequest } from '../../api/status.ts'
import type { Mutable } from '../context.ts'

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Upstream's SimpleNameGenerator: the base, cut to 58 characters, and five from an alphabet without vowels. */
export const generateName = (base: string): string => base.slice(0, 58) + Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')

/** The namespace of a body is that of the path; one on a path without any is dropped (upstream's EnsureObjectNamespaceMatchesRequestNamespace). */
export const checkNamespace = (object: KubeObject, namespace: string): void => {
  const own = object.metadata.namespace ?? ''
  if (namespace === '') delete object.metadata.namespace
  else if (own === '') object.metadata.namespace = namespace
  else if (own !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** A new object's metadata as admission sees it: without what is the server's to say. */
export const initMetadata = ({ metadata }: KubeObject): void => {
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  delete metadata.resourceVersion
  delete metadata.managedFields
  delete metadata.uid
  delete metadata.creationTimestamp
}

/** Gives a new object its identity, after mutating admission. True when the name was generated. */
export const identify = (record: AnyResource, { metadata }: KubeObject, nowMs: number): boolean => {
  metadata.uid = randomUUID()
  metadata.creationTimestamp = toTime(nowMs)
  if (record.generation) metadata.generation = 1
  if (metadata.name || !metadata.generateName) return false
  metadata.name = generateName(metadata.generateName)
  return true
}

/** What an update cannot change is taken from the stored object, before the record's own hooks run. */
export const carryMetadata = (object: KubeObject, old: KubeObject): void => {
  const { metadata } = object
  const before = old.metadata
  if (before.generation !== undefined) metadata.generation = before.generation
  else delete metadata.generation
  if (!metadata.uid && before.uid !== undefined) metadata.uid = before.uid
  if (before.creationTimestamp !== undefined) metadata.creationTimestamp = before.creationTimestamp
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp
  if (before.deletionGracePeriodSeconds !== undefined && metadata.deletionGracePeriodSeconds === undefined)
    metadata.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds
  if (before.managedFields !== undefined) metadata.managedFields = before.managedFields
  delete metadata.selfLink
  delete metadata.resourceVersion
}

/** Owners named twice are kept once (by uid, kind, name and the rest). True when there were any. In one pass: there may be thousands. */
export const dedupeOwners = (object: KubeObject): boolean => {
  const owners = object.metadata.ownerReferences ?? []
  const seen = new Set<string>()
  const kept = owners.filter(({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }) => {
    const size = seen.size
    return seen.add(JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion])).size > size
  })
  if (kept.length === owners.length) return false
  object.metadata.ownerReferences = kept
  return true
}

/** Equality of JSON values; the order of keys does not count. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]))
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  let size = 0
  for (const key in left) {
    if (left[key] === undefined) continue
    size++
    if (!sameValue(left[key], right[key])) return false
  }
  for (const key in right) if (right[key] !== undefined) size--
  return size === 0
}

/** True when nothing but metadata and status differs. */
export const sameSpec = (a: KubeObject, b: KubeObject): boolean => {
  const strip = ({ metadata: _metadata, status: _status, ...rest }: Mutable): Record<string, unknown> => rest
  return sameValue(strip(a as Mutable), strip(b as Mutable))
}

/** True when the object is what is stored, resourceVersion apart: nothing needs to be written. */
export const sameObject = (a: KubeObject, stored: KubeObject): boolean => {
  const { resourceVersion: _a, ...left } = a.metadata
  const { resourceVersion: _b, ...right } = stored.metadata
  return sameValue({ ...a, metadata: left }, { ...stored, metadata: right })
}
