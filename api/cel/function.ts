// How functions are declared: name, overloads with their types, what they do and what they cost. A library is a list of them.
import type { CelValue, Estimate } from './cel.types.ts'
import type { CelType } from './type.ts'

/** What a static estimate knows of an argument: how large it is, of what type, and what its items are declared to be. */
export interface Sized {
  readonly size: Estimate
  /** Whether `size` comes from somewhere, else it is from 0 to Infinity. */
  readonly isKnown: boolean
  readonly type: CelType
  /** Size of a list's items as declared. */
  readonly itemSize: Estimate
  /** Where it is a literal. */
  readonly literal: CelValue | undefined
}
export interface CallEstimate {
  readonly cost: Estimate
  readonly resultSize?: Estimate
}

export interface Overload {
  readonly id: string
  readonly isMember: boolean
  /** Of a member function the first is its target. */
  readonly parameters: readonly CelType[]
  readonly result: CelType
  /** Gets no errors, and values of the parameters' types; answers a value or an error. */
  readonly invoke: (...args: CelValue[]) => CelValue
  /** Charged before the call, so that nothing expensive begins beyond the limit. Absent: 1. */
  readonly cost?: (args: readonly CelValue[]) => number
  /** Charged after it, where only the result tells. */
  readonly resultCost?: (result: CelValue) => number
  /** Without the arguments' own. Absent: 1, of unknown size. */
  readonly estimate?: (args: readonly Sized[]) => CallEstimate
}

export interface CelFunction {
  readonly name: string
  readonly overloads: readonly Overload[]
}

type Costs = Pick<Overload, 'cost' | 'resultCost' | 'estimate'>
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the checker and the guard of the call see to it that arguments are what an implementation takes
type Invoke = (...args: any[]) => CelValue

export const overload = (id: string, parameters: readonly CelType[], result: CelType, invoke: Invoke, costs: Costs = {}): Overload => ({
  id,
  isMember: false,
  parameters,
  result,
  invoke,
  ...costs,
})
export const member = (id: string, parameters: readonly CelType[], result: CelType, invoke: Invoke, costs: Costs = {}): Overload => ({
  ...overload(id, parameters, result, invoke, costs),
  isMember: true,
})
export const define = (name: string, ...overloads: Overload[]): CelFunction => ({ name, overloads })
