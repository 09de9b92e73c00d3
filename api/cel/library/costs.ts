// The prices that functions share: a traversal of a string costs a tenth per code point, matching is priced by both lengths.
import type { CelValue, Estimate } from '../cel.types.ts'
import { add, fixed, multiply, scale } from '../estimate.ts'
import type { CallEstimate, Overload, Sized } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { CelFields, CelList, CelMap } from '../value.ts'

type Costs = Pick<Overload, 'cost' | 'estimate'>

export const traversalFactor = 0.1
export const regexFactor = 0.25

export const traversal = (size: number, factor = 1): number => Math.ceil(size * factor * traversalFactor)

/** One traversal of the argument (or `factor` of them); the result is as long where `keepsSize`. */
export const traversing = (index = 0, factor = 1, keepsSize = false): Costs => ({
  cost: args => traversal(sizeOf(args[index]!), factor),
  estimate: args => {
    const { size } = args[index]!
    return { cost: scale(size, factor * traversalFactor), ...(keepsSize && { resultSize: size }) }
  },
})

const matchingCost = (text: number, pattern: number): number => Math.ceil((1 + text) * traversalFactor) * Math.ceil(pattern * regexFactor)
/** A regular expression, or what stands for one: O(nm). */
export const matching = (resultSize?: (text: Estimate) => Estimate): Costs => ({
  cost: ([text, pattern]) => matchingCost(sizeOf(text!), sizeOf(pattern!)),
  estimate: ([text, pattern]) => ({
    cost: multiply(scale(add(text!.size, fixed(1)), traversalFactor), scale(pattern!.size, regexFactor)),
    ...(resultSize && { resultSize: resultSize(text!.size) }),
  }),
})

export const free: Costs = { cost: () => 1, estimate: () => ({ cost: fixed(1) }) }
export const priced = (amount: number): Costs => ({ cost: () => amount, estimate: () => ({ cost: fixed(amount) }) })

/** As a tree, every leaf once; strings by their bytes. */
export const treeCost = (value: CelValue): number => {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * traversalFactor)
  if (value instanceof Uint8Array) return Math.trunc(value.length * traversalFactor)
  let cost = 0
  if (value instanceof CelList) {
    for (const item of value) cost += treeCost(item)
    return cost
  }
  if (value instanceof CelMap) {
    for (const key of value.keys()) cost += treeCost(key) + treeCost(value.get(key)!)
    return cost
  }
  if (!(value instanceof CelFields)) return 1
  for (const name of value.names()) cost += treeCost(name) + treeCost(value.field(name)!)
  return cost
}

/** Whether each item of a list is looked at; strings and bytes are traversed too. */
export const walkingList: Costs = {
  cost: ([list]) => treeCost(list!),
  estimate: ([list]): CallEstimate => {
    const { kind } = list!.type.parameters[0] ?? { kind: 'dyn' }
    const item = kind === 'string' || kind === 'bytes' ? add(fixed(1), scale(list!.itemSize, traversalFactor)) : fixed(1)
    return { cost: multiply(list!.size, item) }
  },
}

/** Makes a list: a call, the list itself, and `factor` for each of `size`. */
const callAndList = 11
export const allocating = (size: Estimate, factor = 1): CallEstimate => ({ cost: add(scale(size, factor), fixed(callAndList)), resultSize: size })
export const allocatingCost = (size: number, factor = 1): number => Math.trunc(size * factor) + callAndList

export const uintLiteral = (arg: Sized | undefined, otherwise: number): number =>
  typeof arg?.literal === 'bigint' && arg.literal >= 0n ? Number(arg.literal) : otherwise
