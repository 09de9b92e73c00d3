// Kubernetes' functions on lists: order, sums, extremes, places.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, member, type Overload } from '../function.ts'
import { toDuration } from '../time.ts'
import { boolType, bytesType, type CelType, doubleType, durationType, intType, listType, parameterType, stringType, timestampType, uintType } from '../type.ts'
import { CelDuration, CelError, type CelList, CelUint, equal, noSuchOverload } from '../value.ts'
import { toInt, toUint } from './arithmetic.ts'
import { compare } from './comparison.ts'
import { walkingList } from './costs.ts'

export const comparableTypes: readonly CelType[] = [intType, uintType, doubleType, boolType, durationType, timestampType, stringType, bytesType]

const isSorted = (list: CelList): CelValue => {
  for (let i = 1; i < list.size; i++) {
    const order = compare(list.at(i - 1), list.at(i))
    if (order === undefined) return noSuchOverload()
    if (order > 0) return false
  }
  return true
}

const extreme = (name: string, sign: 1 | -1) => (list: CelList) => {
  if (list.size === 0) return new CelError(`${name} called on empty list`)
  let best = list.at(0)
  for (let i = 1; i < list.size; i++) {
    const order = compare(list.at(i), best)
    if (order === undefined) return noSuchOverload()
    if (order * sign > 0) best = list.at(i)
  }
  return best
}

const sum =
  <T extends CelValue>(zero: CelValue, add: (sum: T, item: T) => CelValue) =>
  (list: CelList): CelValue => {
    let total = zero
    for (const item of list) {
      total = add(total as T, item as T)
      if (total instanceof CelError) return total
    }
    return total
  }
const summable: readonly (readonly [CelType, (list: CelList) => CelValue])[] = [
  [intType, sum<bigint>(0n, (a, b) => toInt(a + b))],
  [uintType, sum<CelUint>(new CelUint(0n), (a, b) => toUint(a.value + b.value))],
  [doubleType, sum<number>(0, (a, b) => a + b)],
  [durationType, sum<CelDuration>(new CelDuration(0n), (a, b) => toDuration(a.nanos + b.nanos))],
]

const place = (list: CelList, value: CelValue): CelValue => {
  for (let i = 0; i < list.size; i++) if (equal(list.at(i), value)) return BigInt(i)
  return -1n
}
const lastPlace = (list: CelList, value: CelValue): CelValue => {
  for (let i = list.size - 1; i >= 0; i--) if (equal(list.at(i), value)) return BigInt(i)
  return -1n
}

const forEachType = (name: string, result: (type: CelType) => CelType, invoke: (list: CelList) => CelValue): Overload[] =>
  comparableTypes.map(type => member(`list_${type.kind}_${name}`, [listType(type)], result(type), invoke, walkingList))
const A = parameterType('A')

export const lists: readonly CelFunction[] = [
  define('isSorted', ...forEachType('is_sorted_bool', () => boolType, isSorted)),
  define('sum', ...summable.map(([type, invoke]) => member(`list_${type.kind}_sum_${type.kind}`, [listType(type)], type, invoke, walkingList))),
  define('min', ...forEachType('min', type => type, extreme('min', -1))),
  define('max', ...forEachType('max', type => type, extreme('max', 1))),
  define('indexOf', member('list_a_index_of_int', [listType(A), A], intType, place, walkingList)),
  define('lastIndexOf', member('list_a_last_index_of_int', [listType(A), A], intType, lastPlace, walkingList)),
]
