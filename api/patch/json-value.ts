// JSON values as patches see them: parsed, never shared with the object that is stored.

export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonMap
export interface JsonMap {
  [key: string]: JsonValue
}

export const isMap = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep equality of JSON values; key order does not matter. */
export const jsonEqual = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]))
}

/** A copy without prototypes, so that a key like __proto__ is only a key. */
export const copyJson = <T extends JsonValue | undefined>(value: T): T => {
  if (Array.isArray(value)) return value.map(copyJson) as T
  if (!isMap(value)) return value
  const copy = Object.create(null) as JsonMap
  for (const [key, item] of Object.entries(value)) copy[key] = copyJson(item)
  return copy as T
}
