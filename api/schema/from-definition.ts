// The openAPIV3Schema of a CustomResourceDefinition as a schema: from here on a custom kind is like any other. Takes structural
// schemas; what a definition may contain is judged before.
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import type { Field, Schema, SchemaKind, ValueRules } from './schema.ts'
import { schemaByName } from './table.ts'

/** Keywords that shape a value; all others are rules about it. */
const shaping = new Set([
  'type',
  'properties',
  'additionalProperties',
  'items',
  'default',
  'nullable',
  'description',
  'title',
  'example',
  'externalDocs',
  'id',
  '$schema',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
])
const kinds: Readonly<Record<string, SchemaKind>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'int64',
  number: 'double',
  array: 'list',
  object: 'object',
}

const kindOf = (props: JSONSchemaProps): SchemaKind => {
  if (props['x-kubernetes-int-or-string']) return 'intOrString'
  if (props.type === 'object' && props.additionalProperties !== undefined && props.additionalProperties !== false && !props.properties) return 'map'
  return kinds[props.type ?? ''] ?? 'any'
}

const rulesOf = (props: JSONSchemaProps): ValueRules | undefined => {
  const rules = Object.entries(props).filter(([keyword]) => !shaping.has(keyword))
  return rules.length ? Object.fromEntries(rules) : undefined
}

/** A default of null is none. */
const hasDefault = (props: JSONSchemaProps | undefined): boolean => props?.default !== undefined && props.default !== null

const fieldOf = (name: string, schema: Schema, props: JSONSchemaProps | undefined, required: boolean): Field => ({
  name,
  schema,
  required,
  pointer: true,
  omitZero: true,
  ...(hasDefault(props) && { default: props?.default }),
})

/** The fields that every resource has, whatever its schema says of them. */
const resourceFields = (own: ReadonlyMap<string, Field>): Field[] => {
  const string = schemaByName('io.k8s.api.core.v1.ObjectReference')!.fields.get('kind')!.schema
  const meta = schemaByName('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!
  return [['kind', string] as const, ['apiVersion', string] as const, ['metadata', meta] as const].map(([name, schema]) => ({
    ...fieldOf(name, schema, undefined, false),
    required: own.get(name)?.required ?? false,
  }))
}

/** Schemas that were made, by what they were made of: for who asks for a schema and for what is inside of it. */
export type KnownSchemas = Map<JSONSchemaProps, Schema>

export const schemaFromDefinition = (props: JSONSchemaProps, isResource = true, known?: KnownSchemas): Schema => {
  const found = known?.get(props)
  if (found) return found
  const schema = toSchema(props, isResource, known)
  known?.set(props, schema)
  return schema
}

const toSchema = (props: JSONSchemaProps, isResource: boolean, known: KnownSchemas | undefined): Schema => {
  const below = (child: JSONSchemaProps): Schema => schemaFromDefinition(child, child['x-kubernetes-embedded-resource'] ?? false, known)
  const kind = kindOf(props)
  const own = Object.entries(props.properties ?? {}).map(([name, child]) => fieldOf(name, below(child), child, props.required?.includes(name) ?? false))
  const named = new Map(own.map(f => [f.name, f]))
  const ordered = isResource ? [...resourceFields(named), ...own.filter(f => f.name !== 'kind' && f.name !== 'apiVersion' && f.name !== 'metadata')] : own
  const items = kind === 'map' ? props.additionalProperties : kind === 'list' && !Array.isArray(props.items) ? props.items : undefined
  const rules = rulesOf(props)
  const listType = kind === 'list' ? ((props['x-kubernetes-list-type'] ?? 'atomic') as Schema['listType']) : undefined
  return {
    kind,
    ordered,
    fields: new Map(ordered.map(f => [f.name, f])),
    ...(items !== undefined && { items: typeof items === 'object' ? below(items) : anything }),
    ...(listType && { listType }),
    ...(props['x-kubernetes-list-map-keys'] && { mapKeys: props['x-kubernetes-list-map-keys'] }),
    ...(props['x-kubernetes-map-type'] !== undefined && { mapType: props['x-kubernetes-map-type'] as Schema['mapType'] & string }),
    ...(props['x-kubernetes-preserve-unknown-fields'] && { preserveUnknownFields: true }),
    ...(props.nullable && { nullable: true }),
    ...(hasDefault(props) && { default: props.default }),
    ...(props['x-kubernetes-embedded-resource'] && { embeddedResource: true }),
    ...(rules && { values: rules }),
  }
}

/** Of additionalProperties: true. What lies deeper is not known, hence pruned. */
const anything: Schema = { kind: 'any', fields: new Map(), ordered: [] }
