// Bodies of custom resources: as decode.ts has it for built-in kinds, by the definition's schema. What comes in is changed in place.
import { schemaByName } from '../../api/schema/table.ts'
import { decode } from '../../api/schema/decode.ts'
import { isMap, type JsonMap } from '../../api/patch/json-value.ts'
import type { CustomKind } from '../../api/custom/record.ts'
import type { Mutable } from '../context.ts'

const isFinite = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isFinite)
  if (typeof value !== 'object' || value === null) return true
  for (const key in value) if (!isFinite((value as Record<string, unknown>)[key])) return false
  return true
}

/** `error` says why the value is no object of any kind. */
export type DecodedCustom = { readonly object: Mutable; readonly unknown: readonly string[] } | { readonly error: string }

export const decodeCustom = ({ coercer }: CustomKind, value: JsonMap): DecodedCustom => {
  for (const key of ['kind', 'apiVersion']) {
    const text = value[key]
    if (text === undefined || text === '') return { error: `Object '${key === 'kind' ? 'Kind' : key}' is missing` }
    if (typeof text !== 'string') return { error: `${key} must be a string` }
  }
  if (!isFinite(value)) return { error: 'a number is too large' }
  if (value['metadata'] !== undefined && value['metadata'] !== null && !isMap(value['metadata'])) return { error: 'metadata must be an object' }
  const { unknown, error } = coercer.coerce(value, false)
  if (error !== undefined) return { error }
  coercer.default(value)
  const { kind, apiVersion, metadata, ...rest } = value
  return { object: { kind, apiVersion, ...rest, metadata: metadata ?? {} } as unknown as Mutable, unknown }
}

/** Fields of an applied configuration that the definition does not declare. */
export const undeclaredFields = ({ coercer }: CustomKind, value: JsonMap): readonly string[] => coercer.coerce(structuredClone(value), true).unknown

/** Only metadata has a form of its own; the rest is what the hooks left. */
export const canonicalCustom = (object: Mutable): Mutable => {
  const { kind, apiVersion, metadata, ...rest } = object
  const meta = decode<Mutable['metadata']>(schemaByName('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!, metadata)
  if (!meta.object) throw new Error(`a hook left metadata that do not fit: ${meta.errors.map(e => `${e.path}: ${e.message}`).join(', ')}`)
  return { kind, apiVersion, metadata: meta.object, ...rest }
}
