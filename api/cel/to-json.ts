// Values back as JSON: what a mutation applies, what a message shows.
import type { CelValue } from './cel.types.ts'
import { NativeList, NativeMap, NativeObject } from './adapt.ts'
import { formatDuration, formatTimestamp } from './time.ts'
import { CelDuration, CelError, CelFields, CelList, CelMap, CelOptional, CelTimestamp, CelUint, typeOf } from './value.ts'

const ofInteger = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A CelError for what JSON has no form for: other keys than strings, types, … */
export const toJson = (value: CelValue): unknown => {
  if (typeof value === 'bigint') return ofInteger(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof CelUint) return ofInteger(value.value)
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos)
  if (value instanceof CelDuration) return formatDuration(value.nanos)
  if (value instanceof NativeMap || value instanceof NativeObject || value instanceof NativeList) return structuredClone(value.raw)
  if (value instanceof CelOptional) return value.value === undefined ? null : toJson(value.value)
  if (value instanceof CelList) return listToJson(value)
  if (value instanceof CelMap) return entriesToJson([...value.keys()].map(key => [key, value.get(key)!]))
  if (value instanceof CelFields) return entriesToJson(value.names().map(name => [name, value.field(name)!]))
  return new CelError(`unsupported conversion of ${typeOf(value).name} to JSON`)
}

const listToJson = (list: CelList): unknown => {
  const items: unknown[] = []
  for (const item of list) {
    const json = toJson(item)
    if (json instanceof CelError) return json
    items.push(json)
  }
  return items
}

const entriesToJson = (entries: readonly (readonly [CelValue, CelValue])[]): unknown => {
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, value] of entries) {
    if (typeof key !== 'string') return new CelError('map key is not string')
    const json = toJson(value)
    if (json instanceof CelError) return json
    object[key] = json
  }
  return object
}
