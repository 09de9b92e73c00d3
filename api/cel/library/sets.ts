// cel-go's sets: lists as sets, compared member by member.
import { add, fixed, multiply, scale } from '../estimate.ts'
import { type CelFunction, define, overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { boolType, listType, parameterType } from '../type.ts'
import type { CelList } from '../value.ts'
import { contains } from './comparison.ts'

const list = listType(parameterType('T'))

const containsAll = (whole: CelList, part: CelList): boolean => [...part].every(item => contains(whole, item))
const intersects = (a: CelList, b: CelList): boolean => [...a].some(item => contains(b, item))

const onSets = (name: string, factor: number, decide: (a: CelList, b: CelList) => boolean): CelFunction =>
  define(
    `sets.${name}`,
    overload(`list_sets_${name}_list`, [list, list], boolType, decide, {
      cost: ([a, b]) => 1 + sizeOf(a!) * sizeOf(b!) * factor,
      estimate: ([a, b]) => ({ cost: add(fixed(1), scale(multiply(a!.size, b!.size), factor)) }),
    }),
  )

export const sets: readonly CelFunction[] = [
  onSets('contains', 1, containsAll),
  onSets('equivalent', 2, (a, b) => containsAll(a, b) && containsAll(b, a)),
  onSets('intersects', 1, intersects),
]
