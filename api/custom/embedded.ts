// Objects with kind, apiVersion and metadata inside of a custom resource (x-kubernetes-embedded-resource), and the resource itself: their
// metadata is brought to its form, and judged. Pure.
import { type FieldError, invalidValue, required } from '../field-error.ts'
import { isMap, type JsonMap } from '../patch/json-value.ts'
import { decode } from '../schema/decode.ts'
import { schemaByName } from '../schema/table.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import type { ObjectMeta } from '../types/meta-v1.ts'
import { loose } from '../validation/loose.ts'
import { isDns1035Label, isPathSegmentName } from '../validation/names.ts'
import { validateObjectMeta } from '../validation/object-meta.ts'
import { itemOf } from './correlation.ts'
import { childPath } from './list-types.ts'

const metaSchema = (): NonNullable<ReturnType<typeof schemaByName>> => schemaByName('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!

/** `lenient`: of stored values what does not fit is left out; of sent ones it is an error. */
export interface Coercion {
  readonly lenient: boolean
  readonly unknown: string[]
  /** The first fault, as a sentence. */
  error?: string
}

const decodeMeta = (metadata: unknown, path: string, coercion: Coercion): Record<string, unknown> | undefined => {
  const { object, unknownFields, errors } = decode(metaSchema(), metadata)
  if (object) {
    coercion.unknown.push(...unknownFields.map(f => `${path}.${f}`))
    return object
  }
  if (!coercion.lenient || !isMap(metadata)) {
    coercion.error ??= errors.map(e => `${childPath(path, e.path)}: ${e.message}`).join(', ')
    return undefined
  }
  const kept = Object.entries(metadata).filter(([key, value]) => decode(metaSchema(), { [key]: value }).object)
  return decode(metaSchema(), Object.fromEntries(kept)).object
}

const coerceOne = (object: JsonMap, path: string, coercion: Coercion): void => {
  for (const key of ['apiVersion', 'kind']) {
    if (!Object.hasOwn(object, key) || typeof object[key] === 'string') continue
    if (coercion.lenient) delete object[key]
    else coercion.error ??= `${childPath(path, key)}: must be a string`
  }
  if (!Object.hasOwn(object, 'metadata')) return
  const metadata = decodeMeta(object['metadata'], childPath(path, 'metadata'), coercion)
  if (metadata) object['metadata'] = metadata as JsonMap
  else if (coercion.lenient) delete object['metadata']
}

type Visit = (object: JsonMap, schema: JSONSchemaProps, path: string) => void
/** Embedded resources from the outside in; `keyed` says how a key of a map is written in a path. */
const visitEmbedded = (schema: JSONSchemaProps, value: unknown, path: string, isRoot: boolean, take: Visit): void => {
  if (Array.isArray(value)) {
    const items = itemOf(schema)
    if (items) for (const [i, item] of value.entries()) visitEmbedded(items, item, `${path}[${i}]`, false, take)
    return
  }
  if (!isMap(value)) return
  if (!isRoot && schema['x-kubernetes-embedded-resource']) take(value, schema, path)
  const { properties = {}, additionalProperties } = schema
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(properties, key)) visitEmbedded(properties[key]!, value[key], childPath(path, key), false, take)
    else if (typeof additionalProperties === 'object') visitEmbedded(additionalProperties, value[key], `${path}[${key}]`, false, take)
  }
}

/** Whether there is anything embedded below: most schemas have nothing. */
export const hasEmbedded = (schema: JSONSchemaProps): boolean =>
  (schema['x-kubernetes-embedded-resource'] ?? false) ||
  [...Object.values(schema.properties ?? {}), itemOf(schema), schema.additionalProperties].some(s => typeof s === 'object' && hasEmbedded(s))

/** Brings the resource's own metadata into its form, in place. */
export const coerceRoot = (object: JsonMap, coercion: Coercion): void => coerceOne(object, '', coercion)

export const coerceEmbedded = (schema: JSONSchemaProps, object: JsonMap, coercion: Coercion): void =>
  visitEmbedded(schema, object, '', true, (embedded, _, path) => coerceOne(embedded, path, coercion))

const judge = (object: JsonMap, path: string, errors: FieldError[]): void => {
  for (const key of ['apiVersion', 'kind'] as const) {
    const at = childPath(path, key)
    const value = object[key]
    if (value === undefined || value === '') errors.push(required(at))
    else if (typeof value !== 'string') errors.push(invalidValue(at, value, 'must be a string'))
    else if (key === 'apiVersion' ? value.split('/').length > 2 : isDns1035Label(value.toLowerCase()).length > 0)
      errors.push(invalidValue(at, value, key === 'kind' ? 'must be a DNS label, in any case' : 'must be a version, or a group and a version'))
  }
  if (!Object.hasOwn(object, 'metadata')) return
  const path2 = childPath(path, 'metadata')
  const meta = decode<ObjectMeta>(metaSchema(), object['metadata']).object
  if (!meta) errors.push(invalidValue(path2, object['metadata'], 'must be metadata of an object'))
  else
    errors.push(
      ...validateObjectMeta(loose({ ...meta, name: meta.name || 'none' }), {
        namespaced: Boolean(meta.namespace),
        validateName: isPathSegmentName,
        path: path2,
      }),
    )
}

export const validateEmbedded = (schema: JSONSchemaProps, object: unknown): FieldError[] => {
  const errors: FieldError[] = []
  visitEmbedded(schema, object, '', true, (embedded, _, path) => judge(embedded, path, errors))
  return errors
}
