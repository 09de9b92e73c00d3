// The resources that are served now: the registry's records and, later, those that CRDs make. Routing, discovery and storage read it.
import { deepFreeze } from '../api/deep-freeze.ts'
import type { KubeObject } from '../api/object.ts'
import type { AnyResource } from '../api/resource.ts'
import type { Entry, StoredResource } from '../store/store.ts'
import type { Mutable } from './context.ts'
import { type Conversion, conversions } from './conversion/registry.ts'
import { toCanonical } from './verbs/decode.ts'

/** One kind as one group version serves it. */
export interface Served {
  readonly record: AnyResource
  /** The record whose form is stored; the same as `record` for all but a few kinds. */
  readonly storage: AnyResource
  /** Present when the stored form is another. */
  readonly conversion: Conversion | undefined
  /** `/registry/pods/` or `/registry/pods/NAMESPACE/`. */
  prefixOf(namespace: string): string
  keyOf(namespace: string, name: string): string
  /** The entry in the served form: frozen, shared, parsed or converted once. */
  objectOf(entry: Entry): KubeObject
  /** Whether an entry's bytes are the served form. */
  readonly servesBytes: boolean
  /** To be awaited before `objectOf` where converting takes somebody else (a webhook); undefined when nothing is to be waited for. */
  ready?(entries: readonly Entry[]): Promise<void> | undefined
  /** The stored form of an object of the served form. */
  toStored(object: KubeObject): KubeObject | Promise<KubeObject>
  /** The served form of one in the stored form, which is given up. */
  fromStored(object: KubeObject): KubeObject | Promise<KubeObject>
}

const toServed = (record: AnyResource, storage: AnyResource): Served => {
  const conversion = record === storage ? undefined : conversions.find(c => c.served === `${record.apiVersion}/${record.kind}`)
  if (record !== storage && !conversion) throw new Error(`no conversion between ${record.apiVersion} and ${storage.apiVersion} ${record.kind}`)
  const prefix = storage.storagePrefix
  return {
    record,
    storage,
    conversion,
    servesBytes: !conversion,
    toStored: object => (conversion ? toCanonical(storage, conversion.toStored(object) as Mutable) : object),
    fromStored: object => (conversion ? toCanonical(record, conversion.toServed(object) as Mutable) : object),
    prefixOf: namespace => (namespace ? `${prefix}${namespace}/` : prefix),
    keyOf: (namespace, name) => (record.namespaced ? `${prefix}${namespace}/${name}` : prefix + name),
    objectOf: conversion
      ? entry =>
          entry.memo(`object:${record.apiVersion}`, () => deepFreeze(toCanonical(record, conversion.toServed(structuredClone(entry.object())) as Mutable)))
      : entry => entry.object(),
  }
}

export interface ResourceTable {
  find(group: string, version: string, plural: string): Served | undefined
  /** By kind, in any version that is served. */
  byKind(group: string, version: string, kind: string): Served | undefined
  /** The served form in which the kind is stored. */
  stored(id: string): Served
  hasGroup(group: string): boolean
  hasVersion(group: string, version: string): boolean
  /** In the order in which they were added. */
  all(): readonly Served[]
  add(records: readonly AnyResource[]): void
  /** Puts what a definition serves now in the place of what it served before; nothing when it serves nothing. */
  replace(id: string, served: readonly Served[]): void
  /** Whether all that a group serves comes from definitions. */
  isCustomGroup(group: string): boolean
  /** Grows with every change; for caches of discovery and OpenAPI. */
  readonly revision: number
}

export const createResourceTable = (): ResourceTable => {
  let served: Served[] = []
  let byPath = new Map<string, Served>()
  let versions = new Set<string>()
  let groups = new Set<string>()
  let revision = 0
  const index = (): void => {
    byPath = new Map(served.map(s => [`${s.record.group}/${s.record.version}/${s.record.plural}`, s]))
    versions = new Set(served.map(s => `${s.record.group}/${s.record.version}`))
    groups = new Set(served.map(s => s.record.group))
    revision++
  }
  return {
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    byKind: (group, version, kind) => served.find(s => s.record.group === group && s.record.version === version && s.record.kind === kind),
    stored: id => {
      const found = served.find(s => s.record.id === id && s.record === s.storage)
      if (!found) throw new Error(`${id} is not served`)
      return found
    },
    hasGroup: group => groups.has(group),
    hasVersion: (group, version) => versions.has(`${group}/${version}`),
    all: () => served,
    add: records => {
      const everything = [...served.map(s => s.record), ...records]
      for (const record of records) {
        const sharing = everything.filter(r => r.storagePrefix === record.storagePrefix && r.kind === record.kind)
        const storage = sharing.find(r => !conversions.some(c => c.served === `${r.apiVersion}/${r.kind}`)) ?? record
        served.push(toServed(record, storage))
      }
      index()
    },
    replace: (id, next) => {
      served = [...served.filter(s => s.record.id !== id), ...next]
      index()
    },
    isCustomGroup: group => served.every(s => s.record.group !== group || s.record.custom !== undefined),
    get revision() {
      return revision
    },
  }
}

/** The form in which an object of the served form is stored. */
export const toStoredForm = (served: Served, object: KubeObject): KubeObject | Promise<KubeObject> => served.toStored(object)

/** True for kinds that are kept in the store, as opposed to reviews and other pure questions. */
export const isStored = (record: AnyResource): boolean => record.verbs.includes('get') && record.plural !== 'componentstatuses'

export const toStoredResource = ({ storage }: Served): StoredResource => ({
  prefix: storage.storagePrefix,
  namespaced: storage.namespaced,
  fieldsOf: object => {
    const fields: Record<string, string> = {}
    for (const [path, read] of Object.entries(storage.selectableFields ?? {}) as [string, (o: KubeObject) => string][]) fields[path] = read(object)
    return fields
  },
})
