// Structural schemas: every value has its type where it stands, and alternatives only add conditions. Upstream's ValidateStructural.
import { RE2JS } from '@bufbuild/re2'
import { type FieldError, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { jsonEqual, type JsonValue } from '../../patch/json-value.ts'
import type { JSONSchemaProps } from '../../types/apiextensions-v1.ts'

type Level = 'root' | 'item' | 'field'

const unsupported = ['id', '$schema', 'patternProperties', 'definitions', 'dependencies', 'additionalItems', '$ref'] as const

/** The schemas right inside of one. */
const childrenOf = ({ properties, allOf, anyOf, oneOf, not, items, additionalProperties }: JSONSchemaProps): JSONSchemaProps[] => [
  ...Object.values(properties ?? {}),
  ...(allOf ?? []),
  ...(anyOf ?? []),
  ...(oneOf ?? []),
  ...(not ? [not] : []),
  ...(items && !Array.isArray(items) ? [items] : []),
  ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
]

/** What cannot be a structural schema at all is reported elsewhere, keyword by keyword. */
const isConvertible = (schema: JSONSchemaProps): boolean =>
  !Array.isArray(schema.items) &&
  schema.type !== 'null' &&
  unsupported.every(keyword => schema[keyword] === undefined || schema[keyword] === '') &&
  childrenOf(schema).every(isConvertible)

const intOrString: JsonValue = [{ type: 'integer' }, { type: 'string' }]
const isIntOrString = (anyOf: JSONSchemaProps[] | undefined): boolean => jsonEqual(anyOf as unknown as JsonValue, intOrString)

const checkPattern = (errors: FieldError[], path: string, pattern: string | undefined): void => {
  if (!pattern) return
  try {
    RE2JS.compile(pattern)
  } catch {
    errors.push(invalidValue(`${path}.pattern`, pattern, 'must be a valid regular expression'))
  }
}

/** The conditions of a schema: its alternatives may not say what a value is. */
const checkConditions = (errors: FieldError[], path: string, schema: JSONSchemaProps, skipAnyOf: boolean, skipFirst: boolean): void => {
  for (const keyword of ['anyOf', 'allOf', 'oneOf'] as const)
    if (keyword !== 'anyOf' || !skipAnyOf)
      schema[keyword]?.forEach((s, i) => {
        checkNested(errors, `${path}.${keyword}[${i}]`, s, keyword === 'allOf' && skipFirst && i === 0)
      })
  if (schema.not) checkNested(errors, `${path}.not`, schema.not, false)
  checkPattern(errors, path, schema.pattern)
}

const forbiddenBelow: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'empty'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
  ['externalDocs', 'undefined'],
]
const isUnset = (value: unknown): boolean => value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0)

const checkNested = (errors: FieldError[], path: string, schema: JSONSchemaProps, skipAnyOf: boolean): void => {
  checkConditions(errors, path, schema, skipAnyOf, false)
  if (schema.items && !Array.isArray(schema.items)) checkNested(errors, `${path}.items`, schema.items, false)
  for (const [name, child] of Object.entries(schema.properties ?? {})) checkNested(errors, `${path}.properties[${name}]`, child, false)
  if (schema.additionalProperties !== undefined) errors.push(forbiddenField(`${path}.additionalProperties`, 'must be undefined to be structural'))
  for (const [keyword, wanted] of forbiddenBelow)
    if (keyword === 'default' ? schema.default !== undefined : !isUnset(schema[keyword]))
      errors.push(forbiddenField(`${path}.${keyword}`, `must be ${wanted} to be structural`))
  if (schema.properties && Object.hasOwn(schema.properties, 'metadata'))
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'))
}

const emptyType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** metadata is the server's; of a root's a schema may say only what names look like. */
const checkMetadata = (errors: FieldError[], path: string, metadata: JSONSchemaProps, resource: boolean, level: Level): void => {
  if (resource && metadata.type !== 'object') errors.push(invalidValue(`${path}.type`, metadata.type ?? '', 'must be object'))
  if (level !== 'root') return
  const { type: _type, default: _default, properties, ...rest } = metadata
  const others = Object.keys(properties ?? {}).filter(name => name !== 'name' && name !== 'generateName')
  if (others.length || Object.values(rest).some(value => !isUnset(value)))
    errors.push(forbiddenField(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified'))
}

const checkType = (errors: FieldError[], path: string, schema: JSONSchemaProps, level: Level): void => {
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false
  if (embedded && schema.type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(schema.type ? invalidValue(`${path}.type`, schema.type, detail) : required(`${path}.type`, detail))
  } else if (!schema.type && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields'])
    errors.push(required(`${path}.type`, emptyType[level]))
  if (level === 'root' && schema.type && schema.type !== 'object') errors.push(invalidValue(`${path}.type`, schema.type, 'must be object at the root'))
}

const checkInvariants = (errors: FieldError[], path: string, schema: JSONSchemaProps, level: Level): void => {
  const { items, properties = {}, additionalProperties } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false
  const resource = level === 'root' || embedded
  if (schema.type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'))
  if (items && !Array.isArray(items)) checkInvariants(errors, `${path}.items`, items, 'item')
  for (const [name, child] of Object.entries(properties)) checkInvariants(errors, `${path}.properties[${name}]`, child, 'field')
  if (additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'))
    if (typeof additionalProperties === 'object') checkInvariants(errors, `${path}.additionalProperties`, additionalProperties, 'field')
    if (embedded) errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'))
  }
  if (schema['x-kubernetes-int-or-string'])
    for (const keyword of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
      if (schema[keyword]) errors.push(invalidValue(`${path}.${keyword}`, true, 'must be false if x-kubernetes-int-or-string is true'))
  checkConditions(errors, path, schema, isIntOrString(schema.anyOf), isIntOrString(schema.allOf?.[0]?.anyOf))
  checkType(errors, path, schema, level)
  if (resource)
    for (const name of ['kind', 'apiVersion'])
      if (Object.hasOwn(properties, name) && properties[name]!.type !== 'string')
        errors.push(invalidValue(`${path}.properties[${name}].type`, properties[name]!.type ?? '', 'must be string'))
  if (Object.hasOwn(properties, 'metadata')) checkMetadata(errors, `${path}.properties[metadata]`, properties['metadata']!, resource, level)
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && !Object.keys(properties).length)
    errors.push(required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'))
}

/** What an alternative of the root speaks of must be specified in the schema proper. */
const checkComplete = (
  errors: FieldError[],
  conditions: JSONSchemaProps,
  schema: JSONSchemaProps | undefined,
  path: string,
  from: string,
  root: boolean,
): void => {
  if (!schema) {
    errors.push(required(path, `because it is defined in ${from}`))
    return
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const)
    conditions[keyword]?.forEach((s, i) => {
      checkComplete(errors, s, schema, path, `${from}.${keyword}[${i}]`, false)
    })
  if (conditions.not) checkComplete(errors, conditions.not, schema, path, `${from}.not`, false)
  if (root) return
  const { items } = schema
  if (conditions.items && !Array.isArray(conditions.items))
    checkComplete(errors, conditions.items, items && !Array.isArray(items) ? items : undefined, `${path}.items`, `${from}.items`, false)
  for (const [name, child] of Object.entries(conditions.properties ?? {}))
    checkComplete(errors, child, schema.properties?.[name], `${path}.properties[${name}]`, `${from}.properties[${name}]`, false)
}

/** Undefined for a schema that cannot be judged, being faulty otherwise. */
export const validateStructural = (schema: JSONSchemaProps, path: string): FieldError[] | undefined => {
  if (!isConvertible(schema)) return undefined
  const errors: FieldError[] = []
  checkInvariants(errors, path, schema, 'root')
  checkComplete(errors, schema, schema, path, path, true)
  return errors
}
