// managedFields seen through /scale: the parent's field for replicas is the Scale's spec.replicas, and the way back.
// Source: apimachinery's managedfields ScaleHandler. Pure.
import type { ManagedFieldsEntry } from '../../types/meta-v1.ts'
import { difference, type FieldSet, intersection, isEmpty, setOf } from './field-set.ts'
import { decodeManagers, encodeManagers, type ManagedSet, managerId } from './managed-fields.ts'

export interface ScaleFields {
  /** The parent's version in the request, which entries made through /scale get. */
  readonly apiVersion: string
  /** Where a version of the parent keeps its replicas (path elements); undefined for versions that are not served. */
  pathIn(apiVersion: string): readonly string[] | undefined
}

const scaleApiVersion = 'autoscaling/v1'
const replicasOfScale = setOf(['f:spec', 'f:replicas'])

const holds = (set: FieldSet, path: readonly string[]): boolean => !isEmpty(intersection(set, setOf(path)))

/** The entries that own the parent's replicas, as entries of its Scale. */
export const toScaleEntries = (parent: readonly ManagedFieldsEntry[] | undefined, fields: ScaleFields): ManagedFieldsEntry[] => {
  const entries = new Map<string, ManagedSet>()
  for (const [id, manager] of decodeManagers(parent) ?? []) {
    const path = fields.pathIn(manager.apiVersion)
    if (path && holds(manager.set, path)) entries.set(id, { ...manager, apiVersion: scaleApiVersion, set: replicasOfScale })
  }
  return encodeManagers(entries)
}

/** The parent's entries after the Scale's became these: who lost replicas there loses them here. */
export const toParentEntries = (
  parent: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[],
  fields: ScaleFields,
): ManagedFieldsEntry[] => {
  const left = new Map(decodeManagers(scale))
  const entries = new Map<string, ManagedSet>()
  for (const [id, manager] of decodeManagers(parent) ?? []) {
    const path = fields.pathIn(manager.apiVersion)
    if (!path) continue
    const inScale = managerId({ ...manager, apiVersion: scaleApiVersion })
    if (!holds(manager.set, path) || left.delete(inScale)) entries.set(id, manager)
    else {
      const set = difference(manager.set, setOf(path))
      if (!isEmpty(set)) entries.set(id, { ...manager, set })
    }
  }
  const path = fields.pathIn(fields.apiVersion)
  if (path)
    for (const { time: _time, ...manager } of left.values()) {
      if (isEmpty(intersection(manager.set, replicasOfScale))) continue
      const owner = { ...manager, apiVersion: fields.apiVersion, set: setOf(path) }
      entries.set(managerId(owner), owner)
    }
  return encodeManagers(entries)
}
