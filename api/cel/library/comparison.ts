// Equality, order and membership.
import type { CelValue } from '../cel.types.ts'
import { fixed } from '../estimate.ts'
import { type CallEstimate, type CelFunction, define, type Overload, overload, type Sized } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  intType,
  listType,
  mapType,
  parameterType,
  stringType,
  timestampType,
  uintType,
} from '../type.ts'
import { CelDuration, type CelList, type CelMap, CelOpaque, CelTimestamp, CelUint, compareNumbers, compareStrings, equal } from '../value.ts'
import { traversal, traversalFactor } from './costs.ts'

/** Less than zero, zero, more; undefined: no order (NaN, or other types). */
export const compare = (a: CelValue, b: CelValue): number | undefined => {
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : undefined
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined
  const [x, y] = [a instanceof CelUint ? a.value : a, b instanceof CelUint ? b.value : b]
  if ((typeof x === 'bigint' || typeof x === 'number') && (typeof y === 'bigint' || typeof y === 'number')) return compareNumbers(x, y)
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? Buffer.compare(a, b) : undefined
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp ? compareNumbers(a.nanos, b.nanos) : undefined
  return a instanceof CelDuration && b instanceof CelDuration ? compareNumbers(a.nanos, b.nanos) : undefined
}

const shorter = {
  cost: ([a, b]: readonly CelValue[]): number => (a instanceof CelOpaque ? 1 : traversal(Math.min(sizeOf(a!), sizeOf(b!)))),
  estimate: ([a, b]: readonly Sized[]): CallEstimate => {
    if (a!.type.kind === 'opaque' && a!.type.name !== 'optional_type') return { cost: fixed(1) }
    const max = Math.min(a!.size.max, b!.size.max)
    return { cost: { min: max > 0 ? 1 : 0, max: Math.ceil(max * traversalFactor) } }
  },
}

const types: readonly (readonly [string, CelType])[] = [
  ['bool', boolType],
  ['int64', intType],
  ['uint64', uintType],
  ['double', doubleType],
  ['string', stringType],
  ['bytes', bytesType],
  ['timestamp', timestampType],
  ['duration', durationType],
]
const numbers = types.slice(1, 4)

const order = (symbol: string, name: string, decide: (order: number) => boolean): CelFunction => {
  const apply = (a: CelValue, b: CelValue): boolean => {
    const order = compare(a, b)
    return order !== undefined && decide(order)
  }
  const same = types.map(([id, type]) =>
    overload(`${name}_${id}`, [type, type], boolType, apply, type.kind === 'string' || type.kind === 'bytes' ? shorter : {}),
  )
  const across = numbers.flatMap(([left, a]) =>
    numbers.filter(([right]) => right !== left).map(([right, b]) => overload(`${name}_${left}_${right}`, [a, b], boolType, apply)),
  )
  return define(symbol, ...same, ...across)
}

const [A, B] = [parameterType('A'), parameterType('B')]
const both = (id: string, apply: (a: CelValue, b: CelValue) => boolean): Overload => overload(id, [A, A], boolType, apply, shorter)

export const contains = (list: CelList, value: CelValue): boolean => {
  for (let i = 0; i < list.size; i++) if (equal(list.at(i), value)) return true
  return false
}

export const comparison: readonly CelFunction[] = [
  define('_==_', both('equals', equal)),
  define(
    '_!=_',
    both('not_equals', (a, b) => !equal(a, b)),
  ),
  order('_<_', 'less', n => n < 0),
  order('_<=_', 'less_equals', n => n <= 0),
  order('_>_', 'greater', n => n > 0),
  order('_>=_', 'greater_equals', n => n >= 0),
  define(
    '@in',
    overload('in_list', [A, listType(A)], boolType, (value: CelValue, list: CelList) => contains(list, value), {
      cost: ([, list]) => sizeOf(list!),
      estimate: ([, list]) => ({ cost: list!.size }),
    }),
    overload('in_map', [A, mapType(A, B)], boolType, (key: CelValue, map: CelMap) => map.get(key) !== undefined),
  ),
]
