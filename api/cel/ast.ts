// The expression as the parser leaves it, macros expanded. The checker writes types, and what names and calls stand for, into it.
import type { CelValue } from './cel.types.ts'
import type { Overload } from './function.ts'
import type { CelType } from './type.ts'

interface Base {
  /** Offset in UTF-16 units. */
  readonly at: number
  type?: CelType
}
export interface Literal extends Base {
  readonly kind: 'literal'
  readonly value: CelValue
}
export interface Ident extends Base {
  readonly kind: 'ident'
  readonly name: string
  /** A name that stands for a value, not for a variable: a type. */
  constant?: CelValue
}
export interface Select extends Base {
  readonly kind: 'select'
  readonly operand: Node
  readonly field: string
  /** has(): whether there is one. */
  readonly test: boolean
  /** `.?`: an optional, none where there is none. */
  readonly optional: boolean
  /** Set where the whole chain is the name of a variable or a type. */
  resolved?: Ident
}
export interface Call extends Base {
  readonly kind: 'call'
  name: string
  target: Node | undefined
  readonly args: readonly Node[]
  overloads?: readonly Overload[]
}
export interface ListLiteral extends Base {
  readonly kind: 'list'
  readonly items: readonly Node[]
  /** Which of them are written `?x`. */
  readonly optional: ReadonlySet<number>
}
export interface MapEntry {
  readonly key: Node
  readonly value: Node
  readonly optional: boolean
}
export interface MapLiteral extends Base {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
}
export interface FieldEntry {
  readonly name: string
  readonly at: number
  readonly value: Node
  readonly optional: boolean
}
export interface StructLiteral extends Base {
  readonly kind: 'struct'
  readonly typeName: string
  readonly fields: readonly FieldEntry[]
}
/** A fold: the one loop there is. */
export interface Comprehension extends Base {
  readonly kind: 'comprehension'
  readonly range: Node
  readonly variable: string
  readonly variable2?: string
  readonly accumulator: string
  readonly initial: Node
  readonly condition: Node
  readonly step: Node
  readonly result: Node
}
export type Node = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension

/** What macros accumulate in; no expression can name it. */
export const accumulatorName = '@result'

export const literal = (at: number, value: CelValue): Literal => ({ kind: 'literal', at, value })
export const ident = (at: number, name: string): Ident => ({ kind: 'ident', at, name })
export const call = (at: number, name: string, ...args: Node[]): Call => ({ kind: 'call', at, name, target: undefined, args })
export const memberCall = (at: number, name: string, target: Node, ...args: Node[]): Call => ({ kind: 'call', at, name, target, args })
export const list = (at: number, ...items: Node[]): ListLiteral => ({ kind: 'list', at, items, optional: new Set() })

/** `a.b.c` as one name; undefined where something else is in it. */
export const qualifiedName = (node: Node): string | undefined => {
  if (node.kind === 'ident') return node.name
  if (node.kind !== 'select' || node.test || node.optional) return undefined
  const prefix = qualifiedName(node.operand)
  return prefix === undefined ? undefined : `${prefix}.${node.field}`
}
