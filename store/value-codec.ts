// Between what lies in the backend and entries: decrypts, parses, and says what is wrong with a value instead of throwing.
import type { RawValue } from './backend.ts'
import { createEntry, parseContent, type Content } from './entry.ts'
import type { Entry, StoredResource } from './store.ts'
import type { Transformer } from './transformer.ts'

/** A value without an entry: no resource is registered for it, or it cannot be read. `plain`: already decrypted. */
export interface Dormant extends RawValue {
  readonly plain: boolean
  readonly fault?: string
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export class ValueCodec {
  readonly #keyPrefix: string
  readonly #transformer: Transformer

  constructor(keyPrefix: string, transformer: Transformer) {
    this.#keyPrefix = keyPrefix
    this.#transformer = transformer
  }

  /** The key in the backend. */
  toBackend(key: string): string {
    return this.#keyPrefix + key
  }

  fromBackend(key: string): string {
    return key.slice(this.#keyPrefix.length)
  }

  encode(key: string, content: Content): Buffer {
    return this.#transformer.toStorage(this.toBackend(key), content.json)
  }

  /** The entry, or what is wrong with the value. Copies what it keeps. */
  decode(resource: StoredResource, value: Dormant): Entry | string {
    try {
      const plain = value.plain ? value.value : this.#transformer.fromStorage(this.toBackend(value.key), value.value)
      return createEntry(value.key, parseContent(plain, resource), value.revision, value.createRevision)
    } catch (error) {
      return reasonOf(error)
    }
  }

  /** As decode, for a value under its key in the backend. */
  decodeRaw(resource: StoredResource, raw: RawValue): Entry | string {
    return this.decode(resource, { ...raw, key: this.fromBackend(raw.key), plain: false })
  }
}
