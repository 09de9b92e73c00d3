// A value and what was there before, for rules that forgive what a write leaves as it was (ratcheting) and for oldSelf. Old items are
// found by their keys in lists of type map; items of other lists have no past. Pure.
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import { isMap, jsonEqual, type JsonValue } from '../patch/json-value.ts'

/** Undefined: nothing is known to correspond. */
export interface Correlation {
  readonly old: unknown
  /** Whether nothing changed at this value. */
  unchanged(): boolean
  key(name: string): Correlation | undefined
  index(i: number, schema: JSONSchemaProps): Correlation | undefined
}

const sameKeys = (keys: readonly string[], a: unknown, b: unknown, defaults: Readonly<Record<string, unknown>>): boolean =>
  isMap(a) && isMap(b) && keys.every(key => jsonEqual(keyOf(a as Record<string, unknown>, key, defaults), keyOf(b as Record<string, unknown>, key, defaults)))
const keyOf = (item: Record<string, unknown>, key: string, defaults: Readonly<Record<string, unknown>>): JsonValue =>
  ((Object.hasOwn(item, key) ? item[key] : undefined) ?? defaults[key] ?? null) as JsonValue

export const itemOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined => (items && !Array.isArray(items) ? items : undefined)

/** The old item with the same keys, of a list of type map. */
export const correlatedItem = (schema: JSONSchemaProps, old: unknown, item: unknown): unknown => {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined
  const properties = itemOf(schema)?.properties ?? {}
  const defaults = Object.fromEntries(Object.entries(properties).map(([name, props]) => [name, props.default]))
  return (old as unknown[]).find(o => sameKeys(schema['x-kubernetes-list-map-keys'] ?? [], o, item, defaults))
}

export const correlate = (value: unknown, old: unknown): Correlation | undefined => {
  if (old === undefined) return undefined
  let same: boolean | undefined
  return {
    old,
    unchanged: () => (same ??= jsonEqual(value as JsonValue, old as JsonValue)),
    key: name =>
      isMap(value) && isMap(old) && Object.hasOwn(old, name)
        ? correlate((value as Record<string, unknown>)[name], (old as Record<string, unknown>)[name])
        : undefined,
    index: (i, schema) => (Array.isArray(value) ? correlate(value[i], correlatedItem(schema, old, value[i])) : undefined),
  }
}
