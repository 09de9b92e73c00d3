// What transformMap and transformMapEntry accumulate with. Grown in place: nobody else holds it.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, overload } from '../function.ts'
import { mapType, parameterType } from '../type.ts'
import { type CelMap, type ValueMap } from '../value.ts'

const [K, V] = [parameterType('K'), parameterType('V')]
const map = mapType(K, V)

const insertAll = (into: ValueMap, from: CelMap): CelValue => {
  for (const key of from.keys()) {
    const failed = into.insert(key, from.get(key)!)
    if (failed) return failed
  }
  return into
}

export const mapInsertion: readonly CelFunction[] = [
  define(
    'cel.@mapInsert',
    overload('@mapInsert_map_key_value', [map, K, V], map, (into: ValueMap, key: CelValue, value: CelValue) => into.insert(key, value) ?? into),
    overload('@mapInsert_map_map', [map, map], map, insertAll),
  ),
]
