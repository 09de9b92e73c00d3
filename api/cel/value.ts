// The values of evaluation that JavaScript has no type for. Errors are values too: they travel through operators until && or || makes
// them irrelevant. Lists and maps are either computed or a view on JSON, read by its declared type when it is needed.
import type { CelObjectValue, CelValue } from './cel.types.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from './type.ts'

/** All classes of values derive from it, so that JSON is told from them by one check. */
export abstract class CelBase implements CelObjectValue {
  abstract readonly celType: CelType
}

/** What went wrong, in cel-go's words. Not thrown. */
export class CelError extends CelBase {
  readonly message: string
  readonly celType = dynType
  constructor(message: string) {
    super()
    this.message = message
  }
}

export const noSuchOverload = (): CelError => new CelError('no such overload')

export class CelUint extends CelBase {
  readonly value: bigint
  get celType(): CelType {
    return uintType
  }
  constructor(value: bigint) {
    super()
    this.value = value
  }
}

/** Nanoseconds since the epoch. */
export class CelTimestamp extends CelBase {
  readonly nanos: bigint
  get celType(): CelType {
    return timestampType
  }
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

export class CelDuration extends CelBase {
  readonly nanos: bigint
  get celType(): CelType {
    return durationType
  }
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

/** A type as a value: what type() answers. */
export class CelTypeValue extends CelBase {
  readonly of: CelType
  get celType(): CelType {
    return typeType(dynType)
  }
  constructor(of: CelType) {
    super()
    this.of = of
  }
}

export class CelOptional extends CelBase {
  readonly value: CelValue | undefined
  get celType(): CelType {
    return opaqueType('optional_type', dynType)
  }
  constructor(value: CelValue | undefined) {
    super()
    this.value = value
  }
}

export abstract class CelList extends CelBase {
  get celType(): CelType {
    return listType(dynType)
  }
  abstract get size(): number
  /** Only within bounds. */
  abstract at(index: number): CelValue
  *[Symbol.iterator](): Iterator<CelValue> {
    for (let i = 0; i < this.size; i++) yield this.at(i)
  }
  /** What `+` makes. */
  concat(other: CelList): CelList {
    return new ArrayList([...this, ...other])
  }
  equals(other: CelList): boolean {
    const { size } = this
    if (size !== other.size) return false
    for (let i = 0; i < size; i++) if (!equal(this.at(i), other.at(i))) return false
    return true
  }
}

export class ArrayList extends CelList {
  readonly items: CelValue[]
  constructor(items: CelValue[]) {
    super()
    this.items = items
  }
  get size(): number {
    return this.items.length
  }
  at(index: number): CelValue {
    return this.items[index]!
  }
}

export abstract class CelMap extends CelBase {
  get celType(): CelType {
    return mapType(dynType, dynType)
  }
  abstract get size(): number
  abstract get(key: CelValue): CelValue | undefined
  abstract keys(): Iterable<CelValue>
  equals(other: CelMap): boolean {
    if (this.size !== other.size) return false
    for (const key of this.keys()) {
      const theirs = other.get(key)
      if (theirs === undefined || !equal(this.get(key)!, theirs)) return false
    }
    return true
  }
}

/** 1, 1u and 1.0 are the same key. undefined: no key. */
export const keyOf = (value: CelValue): string | undefined => {
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'bigint') return `n${value}`
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof CelUint) return `n${value.value}`
  return typeof value === 'number' && Number.isInteger(value) ? `n${BigInt(value)}` : undefined
}

export class ValueMap extends CelMap {
  readonly entries = new Map<string, readonly [CelValue, CelValue]>()
  get size(): number {
    return this.entries.size
  }
  get(key: CelValue): CelValue | undefined {
    return this.entries.get(keyOf(key) ?? '')?.[1]
  }
  *keys(): Iterable<CelValue> {
    for (const [key] of this.entries.values()) yield key
  }
  /** Tells whether the key is new and is one. */
  insert(key: CelValue, value: CelValue): CelError | undefined {
    const id = keyOf(key)
    if (id === undefined) return new CelError('unsupported key type')
    if (this.entries.has(id)) return new CelError(`insert failed: key ${show(key)} already exists`)
    this.entries.set(id, [key, value])
    return undefined
  }
}

/** An object with declared fields: of a schema, or a message that an expression made. */
export abstract class CelFields extends CelBase {
  /** By the field's name in expressions; undefined where it is not set. */
  abstract field(name: string): CelValue | undefined
  /** The names of the fields that are set. */
  abstract names(): readonly string[]
  equals(other: CelFields): boolean {
    if (this.celType.name !== other.celType.name) return false
    const names = this.names()
    return (
      names.length === other.names().length &&
      names.every(name => {
        const theirs = other.field(name)
        return theirs !== undefined && equal(this.field(name)!, theirs)
      })
    )
  }
}

export class CelMessage extends CelFields {
  readonly celType: CelType
  readonly set: ReadonlyMap<string, CelValue>
  constructor(type: CelType, set: ReadonlyMap<string, CelValue>) {
    super()
    this.celType = type
    this.set = set
  }
  field(name: string): CelValue | undefined {
    return this.set.get(name)
  }
  names(): readonly string[] {
    return [...this.set.keys()]
  }
}

/** Fields that are computed when they are first read: the variables of a policy. */
export class LazyObject extends CelFields {
  readonly celType: CelType
  readonly #compute: (name: string) => CelValue | undefined
  readonly #known = new Map<string, CelValue | undefined>()
  constructor(type: CelType, compute: (name: string) => CelValue | undefined) {
    super()
    this.celType = type
    this.#compute = compute
  }
  field(name: string): CelValue | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#compute(name))
    return this.#known.get(name)
  }
  names(): readonly string[] {
    return [...(this.celType.fields?.keys() ?? [])]
  }
}

/** A value that only its own library looks into: a quantity, a URL, an address, … */
export class CelOpaque<T = unknown> extends CelBase {
  readonly celType: CelType
  readonly value: T
  readonly #equals: (other: T) => boolean
  /** What size() would say where costs ask for it. */
  readonly size: number
  constructor(type: CelType, value: T, equals: (other: T) => boolean = other => other === value, size = 1) {
    super()
    this.celType = type
    this.value = value
    this.#equals = equals
    this.size = size
  }
  equals(other: CelOpaque): boolean {
    return this.celType.name === other.celType.name && this.#equals(other.value as T)
  }
}

const surrogates = /[\ud800-\udfff]/
/** Code points of a string. */
export const lengthOf = (text: string): number => {
  if (!surrogates.test(text)) return text.length
  let length = 0
  for (let i = 0; i < text.length; i++, length++) if ((text.codePointAt(i) ?? 0) > 0xffff) i++
  return length
}

export const compareStrings = (a: string, b: string): number => {
  if (a === b) return 0
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** int, uint and double compare by amount, exactly; NaN to nothing. */
export const compareNumbers = (a: bigint | number, b: bigint | number): number | undefined =>
  a < b ? -1 : a > b ? 1 : a === b || Number(a) === Number(b) ? 0 : undefined

const amountOf = (value: CelValue): bigint | number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof CelUint ? value.value : undefined

export const equal = (a: CelValue, b: CelValue): boolean => {
  if (a === b) return true
  const [x, y] = [amountOf(a), amountOf(b)]

  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && x == y
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos
  if (a instanceof CelList) return b instanceof CelList && a.equals(b)
  if (a instanceof CelMap) return b instanceof CelMap && a.equals(b)
  if (a instanceof CelFields) return b instanceof CelFields && a.equals(b)
  if (a instanceof CelOptional)
    return b instanceof CelOptional && (a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value))
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.of.name === b.of.name
  return a instanceof CelOpaque && b instanceof CelOpaque && a.equals(b)
}

/** The type that type() answers, with dyn for what a list or a map holds. */
export const typeOf = (value: CelValue): CelType => {
  switch (typeof value) {
    case 'bigint':
      return intType
    case 'number':
      return doubleType
    case 'string':
      return stringType
    case 'boolean':
      return boolType
    default:
      return value === null ? nullType : value instanceof Uint8Array ? bytesType : value.celType
  }
}

/** For messages. */
export const show = (value: CelValue): string => {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number') return String(value)
  return value instanceof CelUint ? value.value.toString() : typeOf(value).name
}
