// Protobuf into typed objects, with the same zero values left out or written as when JSON is decoded.
import { isDropped, zeroOf } from '../schema/decode.ts'
import type { Field, Schema } from '../schema/schema.ts'
import { formatMicroTime, formatTime } from '../schema/time-format.ts'
import { parseJson } from '../json.ts'
import { type Message, type MessageField, messageOf } from './layout.ts'
import { ProtobufError, ProtoReader, type WireValue } from './reader.ts'

type Json = Record<string, unknown>
type Fields = Map<number, WireValue[]>

const readFields = (bytes: Uint8Array): Fields => {
  const fields: Fields = new Map()
  const reader = new ProtoReader(bytes)
  for (let value = reader.next(); value !== undefined; value = reader.next()) {
    const values = fields.get(reader.number)
    if (values) values.push(value)
    else fields.set(reader.number, [value])
  }
  return fields
}
const asBytes = (value: WireValue | undefined): Buffer => {
  if (value === undefined) return Buffer.alloc(0)
  if (!Buffer.isBuffer(value)) throw new ProtobufError('a number where bytes belong')
  return value
}
const asNumber = (value: WireValue | undefined): number | bigint => {
  if (Buffer.isBuffer(value)) throw new ProtobufError('bytes where a number belongs')
  return value ?? 0
}
const last = (fields: Fields, number: number): WireValue | undefined => fields.get(number)?.at(-1)

/** A message without envelope. */
export const decodeMessage = (schema: Schema, bytes: Uint8Array): Json => {
  const out: Json = {}
  if (schema.isKind && schema.fields.has('kind')) Object.assign(out, { kind: '', apiVersion: '' }) // the envelope knows them
  readInto(messageOf(schema), readFields(bytes), out)
  return out
}

const readInto = (message: Message, fields: Fields, out: Json): void => {
  for (const member of message.fields) {
    if (member.inline) {
      readInto(member.inline, readFields(asBytes(last(fields, member.number))), out)
      continue
    }
    const field = member.field!
    const values = fields.get(member.number)
    const value = values ? readField(member, field, values) : undefined
    if (value !== undefined && !isDropped(field, value)) out[field.name] = value
    else if (!field.omitZero) out[field.name] = field.name === 'items' && message.schema.isKind ? [] : zeroOf(field)
  }
}

const readField = (member: MessageField, field: Field, values: readonly WireValue[]): unknown => {
  const { schema } = field
  if (schema.kind === 'list') return readList(member.wrapped, schema, values)
  if (schema.kind !== 'map') return readValue(schema, values.at(-1)!)
  const out = Object.create(null) as Json
  for (const entry of values) {
    const pair = readFields(asBytes(entry))
    const value = last(pair, 2)
    const items = schema.items!
    out[asBytes(last(pair, 1)).toString()] =
      items.kind === 'list'
        ? readList(member.wrapped, items, pair.get(2) ?? [])
        : value === undefined
          ? zeroOf({ ...field, schema: items })
          : readValue(items, value)
  }
  return out
}

const readList = (wrapped: boolean, schema: Schema, values: readonly WireValue[]): unknown[] =>
  (wrapped ? values.flatMap(value => readFields(asBytes(value)).get(1) ?? []) : values).map(value => readValue(schema.items!, value))

const readValue = (schema: Schema, value: WireValue): unknown => {
  switch (schema.kind) {
    case 'string':
      return asBytes(value).toString()
    case 'boolean':
      return asNumber(value) !== 0
    case 'int32':
    case 'int64':
    case 'uint32':
      return asNumber(value)
    case 'double':
      return asBytes(value).readDoubleLE()
    case 'bytes':
      return asBytes(value).toString('base64')
    case 'object': {
      const out: Json = {}
      readInto(messageOf(schema), readFields(asBytes(value)), out)
      return out
    }
    default:
      return readSpecial(schema, readFields(asBytes(value)))
  }
}

const readSpecial = (schema: Schema, fields: Fields): unknown => {
  switch (schema.kind) {
    case 'time':
    case 'microTime': {
      if (!fields.has(1) && !fields.has(2)) return null
      const instant = { seconds: Number(asNumber(last(fields, 1))), nanos: Number(asNumber(last(fields, 2))) }
      return schema.kind === 'time' ? formatTime(instant) : formatMicroTime(instant)
    }
    case 'quantity':
      return asBytes(last(fields, 1)).toString() || '0'
    case 'intOrString':
      return asNumber(last(fields, 1)) === 1 ? asBytes(last(fields, 3)).toString() : asNumber(last(fields, 2))
    case 'duration':
      return `${Number(asNumber(last(fields, 1))) / 1e9}s`
    case 'either':
      return readEither(schema, fields)
    default: {
      const raw = asBytes(last(fields, 1))
      return raw.length === 0 ? null : parseJson(raw).value
    }
  }
}

const readEither = (schema: Schema, fields: Fields): unknown => {
  const name = schema.name!
  if (name.endsWith('OrBool')) return fields.has(2) ? readValue(schema.items!, last(fields, 2)!) : asNumber(last(fields, 1)) !== 0
  if (fields.has(1)) return readValue(schema.items!, last(fields, 1)!)
  return (fields.get(2) ?? []).map(value => (name.endsWith('StringArray') ? asBytes(value).toString() : readValue(schema.items!, value)))
}
