// Scalar and structural defaults that a schema carries: the table's for built-in kinds (after decode, which drops zero values), the
// definition's for custom ones. Defaults that depend on other fields are each kind's own hook.
import { zeroOf } from './decode.ts'
import type { Field, Schema } from './schema.ts'

/** Which schemas have a default somewhere below them; a memo of constants, so that most of an object is never walked. */
const below = new WeakMap<Schema, boolean>()

const hasDefaults = (schema: Schema): boolean => {
  const known = below.get(schema)
  if (known !== undefined) return known
  below.set(schema, false) // a type that contains itself has defaults only if another part of it has
  const has = schema.items !== undefined && schema.kind !== 'either' ? hasDefaults(schema.items) || hasOwn(schema) : hasOwn(schema)
  below.set(schema, has)
  return has
}
const hasOwn = (schema: Schema): boolean => schema.default !== undefined || schema.ordered.some(field => isDefault(field.default) || hasDefaults(field.schema))
/** A zero default changes nothing: it is what the absence of a value means. */
const isDefault = (value: unknown): boolean => value !== undefined && value !== ''

/**
 * In place. A missing field gets its default, a null one too where null is not a value of its own. Absent structs are not made up
 * for the defaults of their fields.
 */
export const applyDefaults = (schema: Schema, value: unknown): void => {
  if (typeof value !== 'object' || value === null || !hasDefaults(schema)) return
  if (Array.isArray(value)) {
    const { items } = schema
    if (items)
      for (const [i, item] of value.entries()) {
        if (item === null && fillsNull(items)) value[i] = structuredClone(items.default)
        applyDefaults(items, value[i])
      }
    return
  }
  const object = value as Record<string, unknown>
  for (const field of schema.ordered) {
    // A custom resource may name a field `constructor`.
    const present = Object.hasOwn(object, field.name) && (object[field.name] !== null || field.schema.nullable)
    if (!present && field.default !== undefined && needed(field.pointer, field.default)) object[field.name] = structuredClone(field.default)
    const child = Object.hasOwn(object, field.name) ? object[field.name] : undefined
    if (typeof child === 'object') applyDefaults(field.schema, child)
  }
  const { items } = schema
  if (!items || schema.kind === 'either') return
  for (const key of Object.keys(object)) {
    if (schema.fields.has(key)) continue
    if (object[key] === null && fillsNull(items)) object[key] = structuredClone(items.default)
    applyDefaults(items, object[key])
  }
}

const fillsNull = (schema: Schema): boolean => !schema.nullable && schema.default !== undefined

const needed = (pointer: boolean, value: unknown): boolean => pointer || (value !== '' && value !== 0 && value !== false)

/** What OpenAPI publishes as the default, and what stands in for a missing key of an associative list: the zero of what is always there counts. */
export const effectiveDefault = (field: Field): unknown => {
  if (field.default !== undefined) return field.default
  if (field.pointer) return undefined
  switch (field.schema.kind) {
    case 'object':
      return {}
    case 'string':
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'double':
      return field.omitZero ? undefined : zeroOf(field)
    default:
      return undefined
  }
}
