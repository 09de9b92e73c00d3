// A type as protobuf sees it: numbered fields, with a message of its own where JSON has the fields inlined.
import type { Field, Schema } from '../schema/schema.ts'
import { builtinSchemas } from '../schema/table.ts'

export interface MessageField {
  readonly number: number
  /** JSON's field; undefined for a message that JSON inlines. */
  readonly field?: Field
  readonly inline?: Message
  /** The list is wrapped in a message of its own, in which it is field 1. */
  readonly wrapped: boolean
}

export interface Message {
  readonly schema: Schema
  /** In JSON's order. */
  readonly fields: readonly MessageField[]
  /** In the order in which they are written. */
  readonly byNumber: readonly MessageField[]
}

/** Layouts follow from the table alone; built when first asked for. */
const layouts = new WeakMap<Schema, Message>()

export const messageOf = (schema: Schema): Message => {
  let message = layouts.get(schema)
  if (!message) {
    const name = schema.name
    if (name === undefined) throw new Error('a schema without a name has no protobuf form')
    layouts.set(schema, (message = build(schema, name)))
  }
  return message
}

const build = (schema: Schema, name: string): Message => {
  const type = builtinSchemas.typeOf(name)
  if (!type) throw new Error(`${name} has no protobuf form`)
  const fields = type.row.fields.flatMap((row): MessageField[] => {
    if (row.number === undefined) return [] // kind and apiVersion travel in the envelope
    if (row.inline) return [{ number: row.number, inline: messageOf(builtinSchemas.resolve(row.type, type.file)), wrapped: false }]
    return [{ number: row.number, field: fieldOf(schema, type.file, row), wrapped: row.type.includes('()') }]
  })
  return { schema, fields, byNumber: fields.toSorted((a, b) => a.number - b.number) }
}

/** The fields of an `either` are no fields of its JSON: they are known to the codec by number. */
const fieldOf = (schema: Schema, file: string, row: { name: string; type: string; required: boolean }): Field =>
  schema.fields.get(row.name) ?? {
    name: row.name,
    schema: builtinSchemas.resolve(row.type, file),
    required: row.required,
    pointer: row.type.startsWith('*'),
    omitZero: true,
  }
