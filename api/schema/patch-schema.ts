// A schema as the two merges want to see it: strategic merge and server-side apply.
import type { ApplySchema } from '../patch/apply/typed.ts'
import type { JsonMap, JsonValue } from '../patch/json-value.ts'
import type { MergeField, MergeSchema } from '../patch/strategic-merge.ts'
import { zeroOf } from './decode.ts'
import type { Field, Schema } from './schema.ts'

/** What OpenAPI calls the default: the table's, or the zero of what is always written. */
export const effectiveDefault = (field: Field): unknown => {
  if (field.default !== undefined) return field.default
  if (field.pointer || (field.omitZero && field.schema.kind !== 'object')) return undefined
  switch (field.schema.kind) {
    case 'object': return {}
    case 'string': case 'boolean': case 'int32': case 'int64': case 'double': return zeroOf(field)
    default: return undefined
  }
}

export const toMergeSchema = (schema: Schema): MergeSchema => ({
  field: name => {
    const field = schema.fields.get(name)
    if (field) return toMergeField(field)
    return schema.kind === 'map' ? { schema: toMergeSchema(schema.items!) } : undefined
  },
})
const toMergeField = (field: Field): MergeField => {
  const { schema, patchStrategy = '', mergeKey } = field
  const strategy = patchStrategy.startsWith('merge') ? 'merge' : patchStrategy === 'replace' ? 'replace' : undefined
  return { schema: toMergeSchema(schema.kind === 'list' ? schema.items! : schema), ...(strategy && { strategy }), ...(mergeKey !== undefined && { mergeKey }) }
}

/** Apply asks for the same schemas over and over; what a schema becomes never changes. */
const applySchemas = new WeakMap<Schema, ApplySchema>()

export const toApplySchema = (schema: Schema): ApplySchema => {
  let known = applySchemas.get(schema)
  if (!known) applySchemas.set(schema, (known = buildApplySchema(schema)))
  return known
}

const buildApplySchema = (schema: Schema): ApplySchema => {
  switch (schema.kind) {
    case 'object': return toApplyMap(schema, schema.preserveUnknownFields || (schema.fields.size === 0 && !schema.isKind) ? { kind: 'untyped' } : undefined)
    case 'map': return toApplyMap(schema, toApplySchema(schema.items!))
    case 'list': return toApplyList(schema)
    case 'any': case 'either': case 'rawExtension': case 'fieldsV1': return { kind: 'untyped' }
    default: return { kind: 'scalar' }
  }
}

const toApplyMap = (schema: Schema, values: ApplySchema | undefined): ApplySchema => ({
  kind: 'map',
  atomic: schema.mapType === 'atomic',
  field: name => {
    const field = schema.fields.get(name)
    return field && toApplySchema(field.schema)
  },
  ...(values && { values }),
})

const toApplyList = (schema: Schema): ApplySchema => {
  if (schema.listType === 'set') return { kind: 'list', type: 'set' }
  if (schema.listType !== 'map') return { kind: 'list', type: 'atomic' }
  const keyDefaults: JsonMap = {}
  for (const key of schema.mapKeys ?? []) {
    const field = schema.items!.fields.get(key)
    const value = field && effectiveDefault(field)
    if (value !== undefined) keyDefaults[key] = value as JsonValue
  }
  return { kind: 'list', type: 'map', keys: schema.mapKeys ?? [], keyDefaults, get items() { return toApplySchema(schema.items!) } }
}
