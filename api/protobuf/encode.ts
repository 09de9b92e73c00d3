// Typed objects into protobuf, as gogo writes Kubernetes' Go structs: values always, pointers when they are there, fields by number.
import type { Field, Schema } from '../schema/schema.ts'
import { parseTime } from '../schema/time-format.ts'
import { stringifyJson } from '../json.ts'
import { type Message, type MessageField, messageOf } from './layout.ts'
import { ProtoWriter } from './writer.ts'

type Json = Record<string, unknown>

/** A message that was encoded before, in the place of the object that it stands for. */
export class EncodedMessage {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** A message without envelope. */
export const encodeMessage = (schema: Schema, object: unknown): Buffer => {
  const writer = new ProtoWriter()
  writeFields(messageOf(schema), object as Json, writer)
  return writer.finish()
}

const writeFields = (message: Message, object: Json, writer: ProtoWriter): void => {
  for (let i = message.byNumber.length - 1; i >= 0; i--) {
    const member = message.byNumber[i]!
    if (member.inline) {
      const before = writer.length
      writeFields(member.inline, object, writer)
      writer.message(member.number, before)
    } else writeField(member, member.field!, object[member.field!.name], writer)
  }
}

const writeField = (member: MessageField, field: Field, value: unknown, writer: ProtoWriter): void => {
  const { schema } = field
  if (schema.kind === 'list') writeList(member.number, member.wrapped, schema.items!, value, writer)
  else if (schema.kind === 'map') writeMap(member, schema.items!, value, writer)
  else if (value !== undefined && value !== null) writeValue(member.number, schema, value, writer)
  else if (!field.pointer && schema.kind !== 'bytes') writeValue(member.number, schema, zeros[schema.kind], writer)
}

/** Go's zero values; undefined makes an empty message. */
const zeros: Partial<Record<Schema['kind'], unknown>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  uint32: 0,
  double: 0,
  quantity: '0',
  intOrString: 0,
  object: {},
  duration: '0s',
}

const writeList = (number: number, wrapped: boolean, items: Schema, value: unknown, writer: ProtoWriter): void => {
  if (!Array.isArray(value)) return
  const before = writer.length
  for (let i = value.length - 1; i >= 0; i--) writeValue(wrapped ? 1 : number, items, value[i] ?? zeros[items.kind], writer)
  if (wrapped) writer.message(number, before)
}

const writeMap = (member: MessageField, items: Schema, value: unknown, writer: ProtoWriter): void => {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value).sort().reverse()) {
    const before = writer.length
    const item = (value as Json)[key]
    if (items.kind === 'list') writeList(2, member.wrapped, items.items!, item, writer)
    else writeValue(2, items, item ?? zeros[items.kind], writer)
    writer.string(1, key)
    writer.message(member.number, before)
  }
}

const writeValue = (number: number, schema: Schema, value: unknown, writer: ProtoWriter): void => {
  if (value instanceof EncodedMessage) {
    writer.bytes(number, value.bytes)
    return
  }
  switch (schema.kind) {
    case 'string':
      writer.string(number, value as string)
      return
    case 'boolean':
      writer.int(number, value ? 1 : 0)
      return
    case 'int32':
    case 'int64':
    case 'uint32':
      writer.int(number, value as number | bigint)
      return
    case 'double':
      writer.double(number, value as number)
      return
    case 'bytes':
      writer.bytes(number, Buffer.from(value as string, 'base64'))
      return
  }
  const before = writer.length
  if (schema.kind === 'object') writeFields(messageOf(schema), value as Json, writer)
  else if (schema.kind === 'either') writeEither(schema, value, writer)
  else writeSpecial(schema.kind, value, writer)
  writer.message(number, before)
}

const writeSpecial = (kind: Schema['kind'], value: unknown, writer: ProtoWriter): void => {
  switch (kind) {
    case 'time':
    case 'microTime':
      writeTime(value, writer)
      return
    case 'quantity':
      writer.string(1, value as string)
      return
    case 'intOrString':
      writer.string(3, typeof value === 'string' ? value : '')
      writer.int(2, typeof value === 'string' ? 0 : (value as number))
      writer.int(1, typeof value === 'string' ? 1 : 0)
      return
    case 'duration':
      writer.int(1, toNanoseconds(value as string))
      return
    default:
      if (value !== undefined) writer.bytes(1, Buffer.from(stringifyJson(value)))
  }
}

const writeTime = (value: unknown, writer: ProtoWriter): void => {
  const time = typeof value === 'string' ? parseTime(value) : undefined
  if (!time) return
  writer.int(2, time.nanos)
  writer.int(1, time.seconds)
}

const unitNanoseconds: Readonly<Record<string, number>> = { ns: 1, us: 1e3, 'µs': 1e3, 'μs': 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }
const toNanoseconds = (duration: string): number => {
  let total = 0
  for (const [, amount = '0', unit = ''] of duration.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) total += Number(amount) * unitNanoseconds[unit]!
  return Math.round(duration.startsWith('-') ? -total : total)
}

/** JSONSchemaPropsOrBool {allows 1, schema 2}, …OrArray {schema 1, schemas 2}, …OrStringArray {schema 1, strings 2}. */
const writeEither = (schema: Schema, value: unknown, writer: ProtoWriter): void => {
  const orBool = schema.name!.endsWith('OrBool')
  if (Array.isArray(value))
    for (const item of value.toReversed()) writeValue(2, typeof item === 'string' ? { ...schema, kind: 'string' } : schema.items!, item, writer)
  else if (typeof value === 'object' && value !== null) writeValue(orBool ? 2 : 1, schema.items!, value, writer)
  if (orBool) writer.int(1, value === false ? 0 : 1)
}
