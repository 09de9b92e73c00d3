// Defaults of a schema: they hold nothing that would be pruned, and obey the schema (its CEL rules included). Upstream's ValidateDefaults.
import { coerceEmbedded, type Coercion, validateEmbedded } from '../../custom/embedded.ts'
import { compileRules } from '../../custom/rules.ts'
import { compileValidator } from '../../custom/value-validator.ts'
import { type FieldError, invalidValue } from '../../field-error.ts'
import type { KubeObject } from '../../object.ts'
import { isMap } from '../../patch/json-value.ts'
import { schemaFromDefinition } from '../../schema/from-definition.ts'
import { prune } from '../../schema/prune.ts'
import type { JSONSchemaProps } from '../../types/apiextensions-v1.ts'

const metaFields = new Set(['metadata', 'kind', 'apiVersion'])

/** Faults of a value below `path`: those of the value itself are at the path. */
const under = (path: string, errors: readonly FieldError[]): FieldError[] =>
  errors.map(e => ({ ...e, field: e.field === '<nil>' ? path : e.field.startsWith('[') ? path + e.field : `${path}.${e.field}` }))

const checkDefault = (schema: JSONSchemaProps, path: string): FieldError[] => {
  const value = schema.default
  const errors: FieldError[] = []
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false
  const pruned = isMap(value) || Array.isArray(value) ? structuredClone(value) : value
  const target = schemaFromDefinition(schema, false)
  if (prune(target, pruned, embedded).length) errors.push(invalidValue(path, value, 'must not have unknown fields'))
  if (isMap(value)) {
    const coercion: Coercion = { lenient: false, unknown: [] }
    coerceEmbedded(schema, structuredClone(value), coercion)
    if (coercion.error !== undefined) return [...errors, invalidValue(path, value, coercion.error)]
    const faults = validateEmbedded(schema, value)
    if (faults.length) return [...errors, ...under(path, faults)]
  }
  const faults = compileValidator(schema)(value)
  if (faults.length) return [...errors, ...under(path, faults)]
  const rules = compileRules(schema, target, embedded)
  return [...errors, ...under(path, rules?.(value as KubeObject, undefined, () => undefined) ?? [])]
}

export const validateDefaults = (schema: JSONSchemaProps, path: string, root = true, insideMeta = false): FieldError[] => {
  const errors: FieldError[] = []
  const resource = root || (schema['x-kubernetes-embedded-resource'] ?? false)
  const inside = resource ? false : insideMeta
  if (schema.default !== undefined && schema.default !== null && !inside) errors.push(...checkDefault(schema, `${path}.default`))
  const { items, properties = {} } = schema
  if (items && !Array.isArray(items)) errors.push(...validateDefaults(items, `${path}.items`, false, inside))
  for (const [name, child] of Object.entries(properties))
    errors.push(...validateDefaults(child, `${path}.properties[${name}]`, false, inside || (resource && metaFields.has(name))))
  return errors
}
