// JSON as values: by the declared type where there is one, else by what the JSON is. Nothing is copied; lists, maps and objects read
// their contents when they are asked for them.
import type { CelValue } from './cel.types.ts'
import { parseDate, parseDuration, parseTimestamp } from './time.ts'
import { type CelType, dynType, stringType } from './type.ts'
import { ArrayList, CelBase, CelDuration, CelError, CelFields, CelList, CelMap, CelTimestamp, equal, noSuchOverload } from './value.ts'

type Json = Readonly<Record<string, unknown>>

const mismatch = (value: unknown, type: CelType): CelError =>
  new CelError(`invalid data, expected ${type.name}, got ${Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value}`)

const anything = (value: unknown): CelValue => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value
    case 'object':
      if (value === null || value instanceof CelBase || value instanceof Uint8Array) return value
      return Array.isArray(value) ? new NativeList(value, dynType) : new NativeMap(value as Json, dynType)
    default:
      return noSuchOverload()
  }
}

const fromText = (text: string, type: CelType): CelValue => {
  switch (type.kind) {
    case 'string':
      return text
    case 'bytes':
      return new Uint8Array(Buffer.from(text, 'base64'))
    case 'duration': {
      const nanos = parseDuration(text)
      return nanos === undefined ? new CelError(`invalid duration ${JSON.stringify(text)}`) : new CelDuration(nanos)
    }
    case 'timestamp': {
      const nanos = parseTimestamp(text) ?? parseDate(text)
      return nanos === undefined ? new CelError(`invalid timestamp ${JSON.stringify(text)}`) : new CelTimestamp(nanos)
    }
    default:
      return mismatch(text, type)
  }
}

const isPlainObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of JSON that is said to be of the type. Values of this folder pass as they are; what does not fit is an error. */
export const adapt = (value: unknown, type: CelType): CelValue => {
  if (value === null || value instanceof CelBase || type.kind === 'dyn') return anything(value)
  if (typeof value === 'string') return fromText(value, type)
  switch (type.kind) {
    case 'int':
      return typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : mismatch(value, type)
    case 'double':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : mismatch(value, type)
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(value, type)
    case 'bytes':
      return value instanceof Uint8Array ? value : mismatch(value, type)
    case 'list':
      return Array.isArray(value) ? toList(value, type) : mismatch(value, type)
    case 'map':
      return isPlainObject(value) ? new NativeMap(value, type.parameters[1] ?? dynType) : mismatch(value, type)
    case 'object':
      return isPlainObject(value) ? new NativeObject(value, type) : mismatch(value, type)
    default:
      return mismatch(value, type)
  }
}

export class NativeList extends CelList {
  readonly raw: readonly unknown[]
  protected readonly itemType: CelType
  constructor(raw: readonly unknown[], itemType: CelType) {
    super()
    this.raw = raw
    this.itemType = itemType
  }
  get size(): number {
    return this.raw.length
  }
  at(index: number): CelValue {
    return adapt(this.raw[index], this.itemType)
  }
}

/** x-kubernetes-list-type: set. The order means nothing, and `+` is the union. */
class SetList extends NativeList {
  override concat(other: CelList): CelList {
    const items = [...this]
    for (const item of other) if (!items.some(known => equal(known, item))) items.push(item)
    return new ArrayList(items)
  }
  override equals(other: CelList): boolean {
    if (this.size !== other.size) return false
    const theirs = [...other]
    return [...this].every(item => theirs.some(one => equal(item, one)))
  }
}

/** x-kubernetes-list-type: map. Items are known by their keys; `+` replaces in place and appends what is new. */
class KeyedList extends NativeList {
  readonly #keys: readonly string[]
  constructor(raw: readonly unknown[], itemType: CelType, keys: readonly string[]) {
    super(raw, itemType)
    this.#keys = keys
  }
  #keyOf(item: CelValue): string {
    return JSON.stringify(
      this.#keys.map(key => (item instanceof NativeObject ? (item.raw[key] ?? null) : item instanceof NativeMap ? (item.raw[key] ?? null) : null)),
      (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v),
    )
  }
  override concat(other: CelList): CelList {
    const items = [...this]
    const places = new Map(items.map((item, i) => [this.#keyOf(item), i]))
    for (const item of other) {
      const key = this.#keyOf(item)
      const place = places.get(key)
      if (place !== undefined) items[place] = item
      else places.set(key, items.push(item) - 1)
    }
    return new ArrayList(items)
  }
  override equals(other: CelList): boolean {
    if (this.size !== other.size) return false
    const theirs = new Map([...other].map(item => [this.#keyOf(item), item]))
    return [...this].every(item => {
      const one = theirs.get(this.#keyOf(item))
      return one !== undefined && equal(item, one)
    })
  }
}

const toList = (raw: readonly unknown[], type: CelType): CelList => {
  const items = type.parameters[0] ?? dynType
  if (type.listKeys === 'set') return new SetList(raw, items)
  return type.listKeys ? new KeyedList(raw, items, type.listKeys) : new NativeList(raw, items)
}

export class NativeMap extends CelMap {
  readonly raw: Json
  readonly #valueType: CelType
  constructor(raw: Json, valueType: CelType) {
    super()
    this.raw = raw
    this.#valueType = valueType
  }
  get size(): number {
    return Object.keys(this.raw).length
  }
  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.raw, key)) return undefined
    const value = this.raw[key]
    return value === undefined ? undefined : adapt(value, this.#valueType)
  }
  keys(): Iterable<CelValue> {
    return Object.keys(this.raw)
  }
}

/** An object of a schema: only declared fields, under their escaped names. */
export class NativeObject extends CelFields {
  readonly celType: CelType
  readonly raw: Json
  constructor(raw: Json, type: CelType) {
    super()
    this.celType = type
    this.raw = raw
  }
  field(name: string): CelValue | undefined {
    const declared = this.celType.fields?.get(name)
    if (!declared) return undefined
    const key = declared.jsonName ?? name
    const value = Object.hasOwn(this.raw, key) ? this.raw[key] : undefined
    return value === undefined ? undefined : adapt(value, declared.type)
  }
  names(): readonly string[] {
    return [...(this.celType.fields?.keys() ?? [])].filter(name => this.field(name) !== undefined)
  }
  /** Undeclared fields count too: two objects are equal when their JSON is. */
  override equals(other: CelFields): boolean {
    if (!(other instanceof NativeObject)) return super.equals(other)
    const [mine, theirs] = [Object.keys(this.raw), Object.keys(other.raw)]
    return mine.length === theirs.length && mine.every(key => Object.hasOwn(other.raw, key) && this.#member(key, other))
  }
  #member(key: string, other: NativeObject): boolean {
    const declared = [...(this.celType.fields?.values() ?? [])].find(f => (f.jsonName ?? f.name) === key)?.type ?? dynType
    return equal(adapt(this.raw[key], declared), adapt(other.raw[key], declared))
  }
}

/** Keys of maps from JSON. */
export const keyType = stringType
