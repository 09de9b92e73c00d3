// One object at one revision, as bytes that can go on the wire. Owns canonical JSON: kind, apiVersion, metadata first, no resourceVersion.
import { deepFreeze } from '../api/deep-freeze.ts'
import { parseJson, stringifyJson } from '../api/json.ts'
import type { KubeObject } from '../api/object.ts'
import { isProtobuf, readProtobuf } from './protobuf-value.ts'
import type { Entry, StoredResource } from './store.ts'

/** What is known of an object whichever revision it gets. */
export interface Content {
  readonly json: Buffer
  readonly itemAt: number
  readonly spliceAt: number
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  /** Frozen, without resourceVersion; the writer's own object, so that it need not be parsed again. */
  readonly object: KubeObject | undefined
  /** The stored value, where normalising changed it; a later schema may read more out of it. */
  readonly original: Buffer | undefined
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({})

/** A copy outside of Node's shared 8 KiB slabs, one survivor of which would keep the whole slab. */
const keep = (bytes: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}

const head = (object: KubeObject): { item: string; metadata: string } => {
  const item = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},`
  return { item, metadata: `${item}"metadata":{` }
}

const canonicalText = (object: KubeObject): string => {
  const { kind, apiVersion, metadata, ...rest } = object
  const { resourceVersion: _, ...meta } = metadata
  return stringifyJson({ kind, apiVersion, metadata: meta, ...rest })
}

/** Says in one sentence why `value` cannot be stored, or nothing. */
const findFault = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object'
  const { kind, apiVersion, metadata } = value as Record<string, unknown>
  if (typeof kind !== 'string' || kind === '') return 'it has no kind'
  if (typeof apiVersion !== 'string' || apiVersion === '') return 'it has no apiVersion'
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return 'it has no metadata'
  if (typeof (metadata as Record<string, unknown>)['name'] !== 'string') return 'it has no metadata.name'
  return undefined
}

const describe = (object: KubeObject, json: Buffer, resource: StoredResource, detail: Pick<Content, 'object' | 'original'>): Content => {
  const { metadata } = object
  const { item, metadata: metadataHead } = head(object)
  const name = metadata.name ?? ''
  const namespace = metadata.namespace ?? ''
  return {
    json,
    itemAt: Buffer.byteLength(item),
    spliceAt: Buffer.byteLength(metadataHead),
    name,
    namespace,
    labels: metadata.labels ? Object.freeze({ ...metadata.labels }) : noLabels,
    fields: Object.freeze({ 'metadata.name': name, 'metadata.namespace': namespace, ...resource.fieldsOf(object) }),
    ...detail,
  }
}

/** Content of an object that the API server made. Freezes `object`. Throws TypeError for what is no Kubernetes object. */
export const toContent = (object: KubeObject, resource: StoredResource): Content => {
  const fault = findFault(object)
  if (fault !== undefined) throw new TypeError(`this cannot be stored: ${fault}`)
  const json = keep(Buffer.from(canonicalText(object)))
  return describe(object, json, resource, { object: deepFreeze(object), original: undefined })
}

/** Content of stored bytes, which may be foreign, old or no JSON at all: then it throws an Error that says why. Copies `stored`. */
export const parseContent = (stored: Buffer, resource: StoredResource): Content => {
  const foreign = isProtobuf(stored)
  // Any other first byte would make JSON.parse quote what may be a secret in its message.
  if (stored[0] !== 0x7b && !foreign) throw new Error('it is not a JSON object')
  let parsed: unknown
  try {
    parsed = foreign ? readProtobuf(stored) : parseJson(stored).value
  } catch {
    throw new Error(foreign ? 'it is protobuf that cannot be read' : 'it is not JSON')
  }
  const fault = findFault(parsed)
  if (fault !== undefined) throw new Error(fault)
  let object = parsed as KubeObject
  if (resource.normalize) {
    object = resource.normalize(object)
    const normalFault = findFault(object)
    if (normalFault !== undefined) throw new Error(`normalising it went wrong: ${normalFault}`)
    const json = Buffer.from(canonicalText(object))
    const same = json.equals(stored)
    return describe(object, keep(json), resource, { object: undefined, original: same ? undefined : keep(stored) })
  }
  const canonical =
    !foreign &&
    object.metadata.resourceVersion === undefined &&
    stored[stored.length - 1] === 0x7d &&
    stored.subarray(0, Buffer.byteLength(head(object).metadata)).equals(Buffer.from(head(object).metadata))
  return describe(object, keep(canonical ? stored : Buffer.from(canonicalText(object))), resource, {
    object: undefined,
    original: undefined,
  })
}

/** What the store knows of an entry beyond what readers see. Every Entry is made here. */
interface KeptEntry extends Entry {
  readonly original: Buffer | undefined
  at(revision: number): Entry
  relax(): void
}

class StoredEntry implements KeptEntry {
  readonly key: string
  readonly revision: number
  readonly createRevision: number
  readonly json: Buffer
  readonly itemAt: number
  readonly spliceAt: number
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly original: Buffer | undefined
  #object: KubeObject | WeakRef<KubeObject> | undefined
  #memo: Map<string, unknown> | undefined

  constructor(key: string, content: Content, revision: number, createRevision: number) {
    this.key = key
    this.revision = revision
    this.createRevision = createRevision
    this.json = content.json
    this.itemAt = content.itemAt
    this.spliceAt = content.spliceAt
    this.namespace = content.namespace
    this.name = content.name
    this.labels = content.labels
    this.fields = content.fields
    this.original = content.original
    if (content.object) this.#object = withRevision(content.object, revision)
  }

  wire(): Buffer {
    const { json, spliceAt } = this
    const insert = `"resourceVersion":"${this.revision}",`
    const wire = Buffer.allocUnsafe(json.length + insert.length)
    json.copy(wire, 0, 0, spliceAt)
    wire.write(insert, spliceAt, 'latin1')
    json.copy(wire, spliceAt + insert.length, spliceAt)
    return wire
  }

  object(): KubeObject {
    const known = this.#object instanceof WeakRef ? this.#object.deref() : this.#object
    if (known) return known
    const parsed = deepFreeze(withRevision(parseJson(this.json).value as KubeObject, this.revision))
    this.#object = new WeakRef(parsed)
    return parsed
  }

  memo<T>(slot: string, make: () => T): T {
    this.#memo ??= new Map()
    if (!this.#memo.has(slot)) this.#memo.set(slot, make())
    return this.#memo.get(slot) as T
  }

  at(revision: number): StoredEntry {
    const object = this.#object instanceof WeakRef ? this.#object.deref() : this.#object
    const { json, itemAt, spliceAt, namespace, name, labels, fields, original } = this
    const content = { json, itemAt, spliceAt, namespace, name, labels, fields, original, object }
    return new StoredEntry(this.key, content, revision, this.createRevision)
  }

  relax(): void {
    if (this.#object && !(this.#object instanceof WeakRef)) this.#object = new WeakRef(this.#object)
  }
}

const withRevision = (object: KubeObject, revision: number): KubeObject =>
  Object.freeze({ ...object, metadata: Object.freeze({ ...object.metadata, resourceVersion: String(revision) }) })

export const createEntry = (key: string, content: Content, revision: number, createRevision: number): Entry =>
  new StoredEntry(key, content, revision, createRevision)

/** `entry` carrying another revision: what a DELETED event shows, also one that only leaves a selector. Shares the bytes. */
export const atRevision = (entry: Entry, revision: number): Entry => (entry as KeptEntry).at(revision)

/** The value as it lies in the backend (decrypted), for reading it again under another schema. */
export const storedValue = (entry: Entry): Buffer => (entry as KeptEntry).original ?? entry.json

/** From now on the parsed object stays only while someone else uses it (an informer of this process); else it is parsed again on demand. */
export const relax = (entry: Entry): void => (entry as KeptEntry).relax()

/** Bytes kept, roughly. */
export const sizeOf = (entry: Entry): number => entry.json.length + ((entry as KeptEntry).original?.length ?? 0)
