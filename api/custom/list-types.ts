// What lists of type set and map promise: items, or their keys, are there once. Upstream's ValidateListSetsAndMaps. Pure.
import { duplicate, type FieldError, invalidValue } from '../field-error.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import { isMap } from '../patch/json-value.ts'
import { itemOf } from './correlation.ts'

export const childPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** Equal for equal JSON, whatever the order of keys; 1 and 1.0 are one number. */
const identity = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'bigint' ? { integer: String(v) } : isMap(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  )

/** The second appearance of each value that comes more than once. */
const repeated = (values: readonly unknown[]): number[] => {
  const times = new Map<string, number>()
  return values.flatMap((value, i) => {
    const key = identity(value)
    const seen = times.get(key) ?? 0
    times.set(key, seen + 1)
    return seen === 1 ? [i] : []
  })
}

const checkMap = (schema: JSONSchemaProps, list: readonly unknown[], path: string): FieldError[] => {
  const odd = list.findIndex(item => item !== null && !isMap(item))
  if (odd >= 0) return [invalidValue(`${path}[${odd}]`, list[odd], 'must be an object in a list of type map')]
  const keys = list.map(item =>
    Object.fromEntries((schema['x-kubernetes-list-map-keys'] ?? []).flatMap(key => (isMap(item) && Object.hasOwn(item, key) ? [[key, item[key]]] : []))),
  )
  return repeated(keys).map(i => duplicate(`${path}[${i}]`, keys[i]))
}

const visit = (schema: JSONSchemaProps, value: unknown, path: string, errors: FieldError[]): void => {
  if (Array.isArray(value)) {
    const list = value as unknown[]
    if (schema['x-kubernetes-list-type'] === 'set') errors.push(...repeated(list).map(i => duplicate(`${path}[${i}]`, list[i])))
    else if (schema['x-kubernetes-list-type'] === 'map') errors.push(...checkMap(schema, list, path))
    const items = itemOf(schema)
    if (items) for (const [i, item] of list.entries()) visit(items, item, `${path}[${i}]`, errors)
  } else if (isMap(value)) {
    const { properties = {}, additionalProperties } = schema
    for (const [key, child] of Object.entries(value)) {
      if (Object.hasOwn(properties, key)) visit(properties[key]!, child, childPath(path, key), errors)
      if (typeof additionalProperties === 'object') visit(additionalProperties, child, `${path}[${key}]`, errors)
    }
  }
}

export const validateListTypes = (schema: JSONSchemaProps, object: unknown): FieldError[] => {
  const errors: FieldError[] = []
  visit(schema, object, '', errors)
  return errors
}
