// JSON into a typed object of a built-in kind, as upstream's decoder and the encoder after it would leave it: wrong types are refused,
// unknown fields dropped and reported, zero values dropped or written out as the Go tags of the field say. Does not touch its input.
// Custom resources are never decoded this way: they are pruned (prune.ts) and judged by their validation.
import { noteEmptied } from './emptied.ts'
import { decodeScalar, mismatch, Refusal } from './scalars.ts'
import type { Field, Schema, SchemaKind } from './schema.ts'

export interface DecodeOptions {
  /** Paths of duplicate keys, as parseJson found them; those below unknown fields are no one's fault. */
  readonly duplicates?: readonly string[]
  /** Paths of whole numbers that were not written as integers, as parseJson found them. */
  readonly wholeFloats?: readonly string[]
}

export interface DecodeError {
  readonly path: string
  readonly message: string
}

export interface Decoded<T = Record<string, unknown>> {
  /** Undefined when there are errors. */
  readonly object: T | undefined
  readonly unknownFields: readonly string[]
  readonly duplicateFields: readonly string[]
  /** At most one: decoding stops there, as upstream's answer names one. */
  readonly errors: readonly DecodeError[]
}

/** As many are noted: a body of nothing else must not grow. */
const maxEmptied = 1_000

interface Walk {
  path: (string | number)[]
  unknown: string[] | undefined
  emptied: string[]
}
/** Leaves the recursion; never leaves decode(). */
class Stop extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.why)
    this.refusal = refusal
  }
}

export const formatPath = (path: readonly (string | number)[]): string => {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
  return text
}

/** What Go's zero value of a field looks like in JSON. */
export const zeroOf = (field: Field): unknown => {
  if (field.pointer) return null
  switch (field.schema.kind) {
    case 'object':
      return zeroObject(field.schema)
    case 'string':
    case 'duration':
      return ''
    case 'boolean':
      return false
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    default:
      return null
  }
}
const zeroObject = (schema: Schema): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const field of schema.ordered) if (!field.omitZero) out[field.name] = zeroOf(field)
  return out
}

const isEmpty = (value: object): boolean => {
  for (const _ in value) return false
  return true
}
/** Whether omitempty would drop it; of a pointer it drops nil alone. */
export const isDropped = (field: Field, value: unknown): boolean => {
  if (value === null || value === undefined) return true
  if (field.pointer) return false
  // The empty string of an IntOrString says that it is a string: no zero.
  if (typeof value !== 'object') return (value === '' && field.schema.kind !== 'intOrString') || value === 0 || value === false
  return Array.isArray(value) ? value.length === 0 : field.schema.kind === 'map' && isEmpty(value)
}

const reportUnknown = (schema: Schema, value: object, walk: Walk): void => {
  for (const key of Object.keys(value)) if (!schema.fields.has(key)) walk.unknown?.push(formatPath([...walk.path, key]))
}

const decodeObject = (schema: Schema, value: unknown, walk: Walk): Record<string, unknown> => {
  if (value === null) return zeroObject(schema)
  if (typeof value !== 'object' || Array.isArray(value)) throw new Stop(mismatch(value, schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? 'object'))
  const out: Record<string, unknown> = {}
  let seen = 0
  for (const field of schema.ordered) {
    const raw = (value as Record<string, unknown>)[field.name]
    if (raw !== undefined) {
      seen++
      if (raw !== null) {
        walk.path.push(field.name)
        const decoded = decodeValue(field.schema, raw, walk)
        walk.path.pop()
        if (!isDropped(field, decoded)) {
          out[field.name] = decoded
          continue
        }
        if (field.omitZero && typeof decoded === 'object' && decoded !== null && walk.emptied.length < maxEmptied)
          walk.emptied.push(formatPath([...walk.path, field.name]))
        // An empty list does not survive storage; the items of a List do.
        if (!field.omitZero && Array.isArray(decoded) && field.schema.listType === undefined) {
          out[field.name] = decoded
          continue
        }
      }
    }
    if (!field.omitZero) out[field.name] = zeroOf(field)
  }
  for (const _ in value) seen--
  if (seen !== 0) reportUnknown(schema, value, walk)
  return out
}

const decodeMap = (items: Schema, value: unknown, walk: Walk): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Stop(mismatch(value, 'map'))
  const out = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value)) {
    walk.path.push(key)
    out[key] = decodeItem(items, (value as Record<string, unknown>)[key], walk)
    walk.path.pop()
  }
  return out
}

const decodeList = (items: Schema, value: unknown, walk: Walk): unknown[] => {
  if (!Array.isArray(value)) throw new Stop(mismatch(value, 'list'))
  const out: unknown[] = []
  for (let i = 0; i < value.length; i++) {
    walk.path.push(i)
    out.push(decodeItem(items, value[i], walk))
    walk.path.pop()
  }
  return out
}

const itemField = (schema: Schema): Field => ({ name: '', schema, required: true, pointer: false, omitZero: false })
const decodeItem = (schema: Schema, value: unknown, walk: Walk): unknown => (value === null ? zeroOf(itemField(schema)) : decodeValue(schema, value, walk))

/** A schema, a list of schemas or something simpler; upstream's own unmarshallers here do not report unknown fields. */
const decodeEither = (schema: Schema, value: unknown, walk: Walk): unknown => {
  const quiet: Walk = { ...walk, unknown: undefined }
  if (Array.isArray(value)) return value.map(item => decodeEither(schema, item, quiet))
  return typeof value === 'object' ? decodeObject(schema.items!, value, quiet) : value
}

const decodeValue = (schema: Schema, value: unknown, walk: Walk): unknown => {
  switch (schema.kind) {
    case 'object':
      return decodeObject(schema, value, walk)
    case 'list':
      return decodeList(schema.items!, value, walk)
    case 'map':
      return decodeMap(schema.items!, value, walk)
    case 'either':
      return decodeEither(schema, value, walk)
    case 'string':
      if (typeof value === 'string') return value
  }
  const decoded = decodeScalar(schema.kind, value)
  if (decoded instanceof Refusal) throw new Stop(decoded)
  return decoded
}

/** The schema of what a path names; undefined where nothing is known of it. */
const schemaAt = (schema: Schema, path: string): Schema | undefined => {
  let at: Schema | undefined = schema
  for (const step of path.split(/[.[\]]+/)) if (step !== '') at = at?.kind === 'object' ? at.fields.get(step)?.schema : at?.items
  return at
}
const integers: readonly SchemaKind[] = ['int32', 'int64', 'uint32', 'intOrString']
const findMisfit = (schema: Schema, wholeFloats: readonly string[] = []): DecodeError | undefined => {
  const path = wholeFloats.find(p => integers.includes(schemaAt(schema, p)?.kind ?? 'any'))
  return path === undefined ? undefined : { path, message: 'cannot unmarshal a number with a fraction or an exponent into an integer' }
}

/** `null` decodes to the zero object. */
export const decode = <T = Record<string, unknown>>(schema: Schema, value: unknown, options: DecodeOptions = {}): Decoded<T> => {
  const walk: Walk = { path: [], unknown: [], emptied: [] }
  const misfit = findMisfit(schema, options.wholeFloats)
  if (misfit) return { object: undefined, unknownFields: [], duplicateFields: [], errors: [misfit] }
  try {
    const object = decodeObject(schema, value, walk) as T & object
    noteEmptied(object, walk.emptied)
    const unknownFields = walk.unknown!
    const isBelowUnknown = (path: string): boolean => unknownFields.some(u => path.startsWith(u) && /^[.[]/.test(path.slice(u.length)))
    return { object, unknownFields, duplicateFields: (options.duplicates ?? []).filter(path => !isBelowUnknown(path)), errors: [] }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop
    return { object: undefined, unknownFields: [], duplicateFields: [], errors: [{ path: formatPath(walk.path), message: stop.refusal.why }] }
  }
}
