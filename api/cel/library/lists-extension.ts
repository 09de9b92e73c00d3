// cel-go's extended lists, version 3: what makes lists of lists, priced by what is made or compared.
import type { CelValue } from '../cel.types.ts'
import { multiply } from '../estimate.ts'
import { type CelFunction, define, member, type Overload, overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { type CelType, dynType, intType, listType, parameterType } from '../type.ts'
import { ArrayList, CelError, CelList, equal, typeOf } from '../value.ts'
import { compare } from './comparison.ts'
import { allocating, allocatingCost, uintLiteral } from './costs.ts'
import { comparableTypes } from './lists.ts'

const T = parameterType('T')
const listOfT = listType(T)
/** Of any list that is made at one stroke. */
const maxItems = 1_000_000

const slice = (list: CelList, start: bigint, end: bigint): CelValue => {
  if (start < 0n || end < 0n) return new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`)
  if (start > end) return new CelError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`)
  if (end > BigInt(list.size)) return new CelError(`cannot slice(${start}, ${end}), list is length ${list.size}`)
  return new ArrayList(Array.from({ length: Number(end - start) }, (_, i) => list.at(Number(start) + i)))
}

/** False: there are more than a list may have. */
const collect = (from: CelList, levels: bigint, into: CelValue[]): boolean => {
  for (const item of from) {
    if (item instanceof CelList && levels > 0n) {
      if (!collect(item, levels - 1n, into)) return false
    } else if (into.push(item) > maxItems) return false
  }
  return true
}
const flatten = (list: CelList, depth = 1n): CelValue => {
  if (depth < 0n) return new CelError('level must be non-negative')
  const flat: CelValue[] = []
  return collect(list, depth, flat) ? new ArrayList(flat) : new CelError(`flatten: result exceeds ${maxItems} items`)
}

const sortBy = (list: CelList, keys: CelList): CelValue => {
  if (list.size !== keys.size) return new CelError(`@sortByAssociatedKeys() expected a list of the same size as the associated keys list`)
  if (list.size === 0) return list
  const paired = Array.from({ length: list.size }, (_, i) => ({ item: list.at(i), key: keys.at(i) }))
  const { name } = typeOf(paired[0]!.key)
  if (paired.some(({ key }) => typeOf(key).name !== name)) return new CelError('list elements must have the same type')
  if (compare(paired[0]!.key, paired[0]!.key) === undefined) return new CelError('list elements must be comparable')
  return new ArrayList(paired.sort((a, b) => compare(a.key, b.key) ?? 0).map(({ item }) => item))
}

const distinct = (list: CelList): CelValue => {
  const seen: CelValue[] = []
  for (const item of list) if (!seen.some(known => equal(known, item))) seen.push(item)
  return new ArrayList(seen)
}

const range = (count: bigint): CelValue => {
  if (count < 0n) return new CelError(`lists.range: size must be non-negative, got ${count}`)
  if (count > BigInt(maxItems)) return new CelError(`lists.range: size ${count} exceeds maximum allowed (${maxItems})`)
  return new ArrayList(Array.from({ length: Number(count) }, (_, i) => BigInt(i)))
}

type Costs = Pick<Overload, 'cost' | 'estimate'>
const sizeCost: Costs = { cost: ([list]) => allocatingCost(sizeOf(list!)), estimate: ([list]) => allocating(list!.size) }
const flattenCost: Costs = {
  cost: ([list, depth]) => allocatingCost(sizeOf(list!), typeof depth === 'bigint' ? Math.max(0, Number(depth)) : 1),
  estimate: ([list, depth]) => allocating(list!.size, depth ? uintLiteral(depth, Infinity) : 1),
}
/** Everything with everything. */
const compareCost = (index: number): Costs => ({
  cost: args => {
    const list = args[index] as CelList
    const first = list.size ? list.at(0) : undefined
    return allocatingCost(list.size ** 2, typeof first === 'string' || first instanceof Uint8Array ? 2.1 : 2)
  },
  estimate: args => {
    const { size, type } = args[index]!
    const item = type.parameters[0]?.kind
    return allocating(multiply(size, size), item === 'string' || item === 'bytes' ? 2.1 : 2)
  },
})

const forEachType = (make: (type: CelType) => Overload): Overload[] => comparableTypes.map(make)

export const listsExtension: readonly CelFunction[] = [
  define(
    'slice',
    member('list_slice', [listOfT, intType, intType], listOfT, slice, {
      cost: ([, start, end]) => allocatingCost(typeof start === 'bigint' && typeof end === 'bigint' && end > start ? Number(end - start) : 0),
      estimate: ([list, start, end]) => {
        const size = Math.max(0, uintLiteral(end, list!.size.max) - uintLiteral(start, 0))
        return allocating({ min: size, max: size })
      },
    }),
  ),
  define(
    'flatten',
    member('list_flatten', [listType(listOfT)], listOfT, flatten, flattenCost),
    member('list_flatten_int', [listType(dynType), intType], listType(dynType), flatten, flattenCost),
  ),
  define(
    'lists.range',
    overload('lists_range', [intType], listType(intType), range, {
      cost: ([count]) => allocatingCost(typeof count === 'bigint' && count > 0n ? Number(count) : 0),
      estimate: ([count]) => {
        const size = uintLiteral(count, Infinity)
        return allocating({ min: size, max: size })
      },
    }),
  ),
  define(
    'reverse',
    member('list_reverse', [listOfT], listOfT, (list: CelList) => new ArrayList([...list].reverse()), sizeCost),
  ),
  define('distinct', member('list_distinct', [listOfT], listOfT, distinct, compareCost(0))),
  define(
    'sort',
    ...forEachType(type => member(`list_${type.kind}_sort`, [listType(type)], listType(type), (list: CelList) => sortBy(list, list), compareCost(0))),
  ),
  define(
    '@sortByAssociatedKeys',
    ...forEachType(type => member(`list_${type.kind}_sortByAssociatedKeys`, [listOfT, listType(type)], listOfT, sortBy, compareCost(1))),
  ),
]
