// What the OpenAPI schema of a definition may say, keyword by keyword: upstream's ValidateCustomResourceDefinitionOpenAPISchema. Whether it
// is structural, and what its defaults and CEL rules are worth, is judged elsewhere.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import type { JSONSchemaProps } from '../../types/apiextensions-v1.ts'
import { validateNodeRules, type RuleScope } from './cel-rules.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const metaFields = new Set(['metadata', 'kind', 'apiVersion'])

/** What lies around a schema. */
export interface Surroundings {
  readonly root: boolean
  readonly insideMeta: boolean
  /** Why there may be no default here: the end of a sentence. */
  readonly noDefaults?: string
  /** Below here there is nothing before to compare with. */
  readonly noOldSelf?: string
  readonly scope: RuleScope | undefined
}

export interface Found {
  /** Without those of CEL, for whose sake expressions below a faulty schema are not judged. */
  readonly schema: FieldError[]
  readonly cel: FieldError[]
}

/** `type` must be this one for a keyword to make sense. */
const requireType = (errors: FieldError[], path: string, schema: JSONSchemaProps, type: string, keyword: string): void => {
  if (schema.type === type) return
  const detail = `must be ${type} if ${keyword}`
  errors.push(schema.type ? invalidValue(`${path}.type`, schema.type, detail) : required(`${path}.type`, detail))
}

const checkUnsupported = (errors: FieldError[], path: string, schema: JSONSchemaProps, around: Surroundings): void => {
  if (schema.default !== undefined && around.noDefaults !== undefined) errors.push(forbiddenField(`${path}.default`, `must not be set ${around.noDefaults}`))
  const unsupported = {
    id: schema.id,
    additionalItems: schema.additionalItems,
    patternProperties: schema.patternProperties,
    definitions: schema.definitions,
    dependencies: schema.dependencies,
    $ref: schema.$ref,
  }
  for (const [keyword, value] of Object.entries(unsupported)) {
    const empty = value === undefined || value === '' || (typeof value === 'object' && keyword !== 'additionalItems' && Object.keys(value).length === 0)
    if (!empty) errors.push(forbiddenField(`${path}.${keyword}`, `${keyword} is not supported`))
  }
  if (schema.type === 'null') errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  else if (schema.type && !types.includes(schema.type)) errors.push(notSupported(`${path}.type`, schema.type, types))
  if (Array.isArray(schema.items) && schema.items.length) errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'))
  if (around.insideMeta && schema['x-kubernetes-embedded-resource'])
    errors.push(forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'))
  if (schema.uniqueItems) errors.push(forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
}

const checkTopology = (errors: FieldError[], path: string, schema: JSONSchemaProps): void => {
  const mapType = schema['x-kubernetes-map-type']
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  if (mapType !== undefined) {
    requireType(errors, path, schema, 'object', 'x-kubernetes-map-type is specified')
    if (mapType !== 'atomic' && mapType !== 'granular') errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  }
  if (listType !== undefined) {
    requireType(errors, path, schema, 'array', 'x-kubernetes-list-type is specified')
    if (!['atomic', 'set', 'map'].includes(listType)) errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']))
  }
  if (keys.length && listType !== 'map')
    errors.push(
      listType === undefined
        ? required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty')
        : invalidValue(`${path}.x-kubernetes-list-type`, listType, 'must be map if x-kubernetes-list-map-keys is non-empty'),
    )
  if (listType === 'set') checkSetItems(errors, path, schema)
  if (listType === 'map') checkMapItems(errors, path, schema, keys)
}

const checkSetItems = (errors: FieldError[], path: string, { items }: JSONSchemaProps): void => {
  if (!items || Array.isArray(items)) return
  const atomic = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  if (items.type === 'array' && items['x-kubernetes-list-type'] !== 'atomic')
    errors.push(invalidValue(`${path}.items.x-kubernetes-list-type`, items['x-kubernetes-list-type'] ?? null, atomic))
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalidValue(`${path}.items.x-kubernetes-map-type`, items['x-kubernetes-map-type'] ?? null, atomic))
  if (items.nullable) errors.push(forbiddenField(`${path}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is set'))
}

const checkMapItems = (errors: FieldError[], path: string, { items }: JSONSchemaProps, keys: readonly string[]): void => {
  const at = `${path}.x-kubernetes-list-map-keys`
  if (!keys.length) errors.push(required(at, 'must not be empty if x-kubernetes-list-type is map'))
  if (!items) {
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'))
    return
  }
  if (Array.isArray(items)) {
    errors.push(invalidValue(`${path}.items`, items, 'must only have a single schema if x-kubernetes-list-type is map'))
    return
  }
  if (items.type !== 'object')
    errors.push(invalidValue(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"))
  if (items.nullable) errors.push(forbiddenField(`${path}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is map'))
  keys.forEach((key, i) => {
    const field = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined
    const where = `${path}.items.properties[${key}]`
    if (items.type === 'object') {
      if (!field) errors.push(invalidValue(at, keys, 'entries must all be names of item properties'))
      else if (field.type === 'array' || field.type === 'object')
        errors.push(invalidValue(`${where}.type`, field.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"))
      if (keys.indexOf(key) < i) errors.push(invalidValue(at, keys, 'must not contain duplicate entries'))
    }
    if (!field) return
    if (!items.required?.includes(key) && field.default === undefined)
      errors.push(required(`${where}.default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'))
    if (field.nullable) errors.push(forbiddenField(`${where}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'))
  })
}

export const validateSchema = (schema: JSONSchemaProps, path: string, around: Surroundings): Found => {
  const errors: FieldError[] = []
  const cel: FieldError[] = []
  const below = (child: JSONSchemaProps | undefined, at: string, more: Partial<Surroundings>): void => {
    if (!child) return
    const found = validateSchema(child, at, { ...around, root: false, ...more })
    errors.push(...found.schema)
    cel.push(...found.cel)
  }
  const { scope } = around
  checkUnsupported(errors, path, schema, around)
  const { additionalProperties, properties = {}, items } = schema
  const resource = around.root || (schema['x-kubernetes-embedded-resource'] ?? false)
  if (additionalProperties !== undefined) {
    if (Object.keys(properties).length && additionalProperties !== true)
      errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
    if (typeof additionalProperties === 'object')
      below(additionalProperties, `${path}.additionalProperties`, {
        ...(around.insideMeta && { noDefaults: 'inside additionalProperties applying to object metadata' }),
        scope: scope?.values(additionalProperties),
      })
  }
  for (const [name, child] of Object.entries(properties)) {
    const meta = resource && metaFields.has(name)
    below(child, `${path}.properties[${name}]`, {
      ...(meta && { insideMeta: true }),
      ...(meta && around.root && { noDefaults: `in top-level ${name}` }),
      ...(schema['x-kubernetes-map-type'] === 'atomic' && { noOldSelf: path }),
      scope: scope?.property(name, child),
    })
  }
  for (const [name, child] of Object.entries(schema.patternProperties ?? {})) below(child, `${path}.patternProperties[${name}]`, { scope: undefined })
  below(schema.not, `${path}.not`, { scope: undefined })
  for (const keyword of ['allOf', 'oneOf', 'anyOf'] as const)
    schema[keyword]?.forEach((child, i) => {
      below(child, `${path}.${keyword}[${i}]`, { scope: undefined })
    })
  for (const [name, child] of Object.entries(schema.definitions ?? {})) below(child, `${path}.definitions[${name}]`, { scope: undefined })
  const uncorrelated = schema['x-kubernetes-list-type'] === 'map' ? {} : { noOldSelf: path }
  if (Array.isArray(items)) for (const [i, child] of items.entries()) below(child, `${path}.items[${i}]`, { ...uncorrelated, scope: undefined })
  else if (items) below(items, `${path}.items`, { ...uncorrelated, scope: scope?.items(items) })
  checkTopology(errors, path, schema)
  const rules = validateNodeRules(schema, path, around, errors.length === 0)
  errors.push(...rules.schema)
  cel.push(...rules.cel)
  return { schema: errors, cel }
}
