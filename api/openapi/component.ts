// A type of the schema table as an OpenAPI v3 component. Facts only; a description comes from outside, where somebody has one.
import { effectiveDefault } from '../schema/defaults.ts'
import type { Field, Schema, SchemaKind } from '../schema/schema.ts'

export type Json = Record<string, unknown>
export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Own words for a type, or for one of its fields. */
export type Describe = (schema: string, field?: string) => string | undefined

export const refTo = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const scalars: Partial<Record<SchemaKind, Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  uint32: { type: 'integer', format: 'int64' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  duration: { type: 'string' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  rawExtension: { type: 'object' },
  fieldsV1: { type: 'object' },
}

/** A type without attributes of the field it is in. */
const typeOf = (schema: Schema): Json => {
  if (schema.name !== undefined) return refTo(schema.name)
  if (schema.kind === 'list') return { type: 'array', items: typeOf(schema.items!) }
  if (schema.kind === 'map') return { type: 'object', additionalProperties: typeOf(schema.items!) }
  return { ...scalars[schema.kind] }
}

const propertyOf = (field: Field, description: string | undefined): Json => {
  const { schema } = field
  const value = effectiveDefault(field)
  return {
    ...(description !== undefined && { description }),
    ...(schema.name === undefined ? typeOf(schema) : { allOf: [refTo(schema.name)] }),
    ...(value !== undefined && { default: value }),
    ...(schema.listType && { 'x-kubernetes-list-type': schema.listType }),
    ...(schema.mapKeys && { 'x-kubernetes-list-map-keys': schema.mapKeys }),
    ...(schema.mapType && (schema.name === undefined || schema.mapType === 'granular') && { 'x-kubernetes-map-type': schema.mapType }),
    ...(field.patchStrategy && { 'x-kubernetes-patch-strategy': field.patchStrategy }),
    ...(field.mergeKey !== undefined && { 'x-kubernetes-patch-merge-key': field.mergeKey }),
  }
}

const unionOf = (union: string): Json => {
  const [discriminator = '', fields = ''] = union.split(':')
  const by = Object.fromEntries(fields.split(',').map(name => [name, name.charAt(0).toUpperCase() + name.slice(1)]))
  return { ...(discriminator && { discriminator }), 'fields-to-discriminateBy': by }
}

/** `kinds` are the GVKs of a type that has some. */
export const toComponent = (schema: Schema, kinds: readonly (GroupVersion & { kind: string })[], describe: Describe): Json => {
  const name = schema.name ?? ''
  const description = describe(name)
  const head = { ...(description !== undefined && { description }) }
  if (schema.kind !== 'object') return { ...head, ...scalars[schema.kind] }
  const required = schema.ordered.filter(f => f.required).map(f => f.name)
  return {
    ...head,
    type: 'object',
    ...(required.length && { required }),
    ...(schema.ordered.length && { properties: Object.fromEntries(schema.ordered.map(f => [f.name, propertyOf(f, describe(name, f.name))])) }),
    ...(schema.mapType && { 'x-kubernetes-map-type': schema.mapType }),
    ...(kinds.length && { 'x-kubernetes-group-version-kind': kinds.map(({ group, version, kind }) => ({ group, version, kind })) }),
    ...(schema.union !== undefined && { 'x-kubernetes-unions': [unionOf(schema.union)] }),
  }
}

/** The names of the types that a piece of a document refers to. Pieces that come again are read once. */
export const refsIn = (value: unknown, found = new Set<string>(), seen = new Set<object>()): Set<string> => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return found
  seen.add(value)
  if (Array.isArray(value)) for (const item of value) refsIn(item, found, seen)
  else
    for (const key in value) {
      const item = (value as Json)[key]
      if (key === '$ref' && typeof item === 'string') found.add(item.slice(item.lastIndexOf('/') + 1))
      else refsIn(item, found, seen)
    }
  return found
}
