// One custom kind as the server serves and stores it. The store knows it under one registration, whose rules follow the definition: a
// new schema disturbs no watch, and entries that were read under an older one are brought up to date when they are next looked at.
import { deepFreeze } from '../../api/deep-freeze.ts'
import type { KubeObject } from '../../api/object.ts'
import type { JsonMap } from '../../api/patch/json-value.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { CustomRecords } from '../../api/custom/record.ts'
import type { Entry, StoredResource } from '../../store/store.ts'
import type { Mutable } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { canonicalCustom } from '../verbs/decode-custom.ts'
import type { Converter } from './conversion.ts'

export interface CustomResource {
  readonly stored: StoredResource
  readonly served: readonly Served[]
  readonly storage: AnyResource
  /** Goes on under another schema. Answers false when the store has to read its entries anew (other selectable fields). */
  follow(records: CustomRecords, converter: Converter): boolean
}

/** Says that a memo has not been made; never leaves this file. */
class NotMade extends Error {}

const versionOf = (object: KubeObject): string => object.apiVersion.slice(object.apiVersion.indexOf('/') + 1)

/** Every field that some version can be selected by. */
const selectable = (records: CustomRecords): Record<string, (o: KubeObject) => string> =>
  Object.assign({}, ...[...records.byVersion.values()].map(r => r.selectableFields ?? {})) as Record<string, (o: KubeObject) => string>

export const createCustomResource = (firstRecords: CustomRecords, firstConverter: Converter): CustomResource => {
  let records = firstRecords
  let converter = firstConverter
  /** How often the schema has changed since the store registered the resource. */
  let generation = 0
  const { storagePrefix: prefix, namespaced } = records.storage

  /** As the decoder leaves a stored object: what its version's schema does not know is gone, defaults are there. */
  const normalize = (object: KubeObject): KubeObject => {
    const custom = records.byVersion.get(versionOf(object))?.custom
    if (!custom) return object
    custom.coercer.coerce(object as unknown as JsonMap, true)
    custom.coercer.default(object as unknown as JsonMap)
    object.metadata.generation ??= 1
    return object
  }
  const current = (entry: Entry): KubeObject =>
    generation === 0 ? entry.object() : entry.memo(`schema:${generation}`, () => deepFreeze(normalize(structuredClone(entry.object()))))

  /** After conversion the other version's schema has its say, but sets no defaults. */
  const fit = (record: AnyResource, object: Mutable, lenient: boolean): Mutable => {
    record.custom?.coercer.coerce(object as unknown as JsonMap, lenient)
    return object
  }
  const slotOf = (record: AnyResource): string => `object:${generation}:${record.version}`
  const objectOf = (record: AnyResource, entry: Entry): KubeObject => {
    const object = current(entry)
    if (object.apiVersion === record.apiVersion) return object
    return entry.memo(slotOf(record), () => {
      if (converter.kind === 'webhook') throw new Error('an object is used before it was converted')
      return deepFreeze(fit(record, converter.convert(object, record.apiVersion), true))
    })
  }

  const ready = (record: AnyResource, entries: readonly Entry[]): Promise<void> | undefined => {
    if (converter.kind === 'none') return undefined
    const slot = slotOf(record)
    const open = entries.filter(e => current(e).apiVersion !== record.apiVersion && !isMade(e, slot))
    return open.length ? convertAll(converter, record, open, slot) : undefined
  }
  const isMade = (entry: Entry, slot: string): boolean => {
    try {
      entry.memo(slot, () => {
        throw new NotMade()
      })
      return true
    } catch (error) {
      if (error instanceof NotMade) return false
      throw error
    }
  }
  const convertAll = async (by: Converter & { kind: 'webhook' }, record: AnyResource, entries: readonly Entry[], slot: string): Promise<void> => {
    // Clients and reviews see one version of the source at a time.
    const byVersion = Map.groupBy(entries, e => current(e).apiVersion)
    for (const group of byVersion.values()) {
      const converted = await by.convert(group.map(current), record.apiVersion)
      group.forEach((entry, i) => {
        const object = fit(record, converted[i]!, true)
        object.metadata.resourceVersion = String(entry.revision)
        entry.memo(slot, () => deepFreeze(object))
      })
    }
  }

  const toStored = (record: AnyResource, object: KubeObject): KubeObject | Promise<KubeObject> => {
    const { storage } = records
    if (storage.version === record.version) return object
    const finish = (converted: Mutable): KubeObject => canonicalCustom(fit(storage, converted, false))
    if (converter.kind === 'none') return finish(converter.convert(object, storage.apiVersion))
    return converter.convert([object], storage.apiVersion).then(([converted]) => finish(converted!))
  }

  const fromStored = (record: AnyResource, object: KubeObject): KubeObject | Promise<KubeObject> => {
    if (object.apiVersion === record.apiVersion) return object
    if (converter.kind === 'none') return fit(record, converter.convert(object, record.apiVersion), true)
    return converter.convert([object], record.apiVersion).then(([converted]) => fit(record, converted!, true))
  }

  const toServed = (record: AnyResource): Served => ({
    record,
    storage: records.storage,
    conversion: undefined,
    get servesBytes() {
      return generation === 0 && records.byVersion.size === 1
    },
    prefixOf: namespace => (namespace ? `${prefix}${namespace}/` : prefix),
    keyOf: (namespace, name) => (namespaced ? `${prefix}${namespace}/${name}` : prefix + name),
    objectOf: entry => objectOf(record, entry),
    ready: entries => ready(record, entries),
    toStored: object => toStored(record, object),
    fromStored: object => fromStored(record, object),
  })
  let served = records.served.map(toServed)

  return {
    stored: {
      prefix,
      namespaced,
      fieldsOf: object => Object.fromEntries(Object.entries(selectable(records)).map(([path, read]) => [path, read(object)])),
      normalize,
    },
    get served() {
      return served
    },
    get storage() {
      return records.storage
    },
    follow: (next, nextConverter) => {
      const sameFields = Object.keys(selectable(next)).join() === Object.keys(selectable(records)).join()
      records = next
      converter = nextConverter
      generation = sameFields ? generation + 1 : 0
      served = records.served.map(toServed)
      return sameFields
    },
  }
}
