// What an expression may cost, from what is declared about its variables: the static estimate by which Kubernetes refuses rules. Follows
// cel-go's estimator: sizes come from literals, from declarations along paths (self.items[…].name), and from the calls that make values.
import { accumulatorName, type Call, type Comprehension, type Ident, type ListLiteral, type MapLiteral, type Node, type Select } from './ast.ts'
import type { CelValue, Estimate } from './cel.types.ts'
import type { CallEstimate, Sized } from './function.ts'
import type { CelType } from './type.ts'
import { lengthOf } from './value.ts'

export const fixed = (amount: number): Estimate => ({ min: amount, max: amount })
export const unknownSize: Estimate = { min: 0, max: Infinity }
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)
export const add = (a: Estimate, b: Estimate): Estimate => ({ min: a.min + b.min, max: a.max + b.max })
export const multiply = (a: Estimate, b: Estimate): Estimate => ({ min: times(a.min, b.min), max: times(a.max, b.max) })
export const scale = (a: Estimate, factor: number): Estimate => ({ min: Math.ceil(times(a.min, factor)), max: Math.ceil(times(a.max, factor)) })
export const union = (a: Estimate, b: Estimate): Estimate => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })

/** Sizes of what a list or a map holds. */
interface EntrySize {
  readonly key: Estimate
  readonly value: Estimate
}
const unionEntries = (a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined =>
  a && b && { key: union(a.key, b.key), value: union(a.value, b.value) }

interface Local {
  readonly declared: CelType | undefined
  readonly size: Estimate | undefined
  readonly entries: EntrySize | undefined
}

const literalSize = (node: Node): Estimate | undefined => {
  if (node.kind === 'list') return fixed(node.items.length)
  if (node.kind === 'map') return fixed(node.entries.length)
  if (node.kind !== 'literal') return undefined
  const { value } = node
  return fixed(typeof value === 'string' ? lengthOf(value) : value instanceof Uint8Array ? value.length : 1)
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])
const isScalar = (type: CelType): boolean => scalars.has(type.kind) || (type.name === 'optional_type' && isScalar(type.parameters[0]!))
const literalOf = (node: Node): CelValue | undefined => (node.kind === 'literal' ? node.value : undefined)

class Estimator {
  readonly #variables: ReadonlyMap<string, CelType>
  readonly #locals = new Map<string, Local[]>()
  readonly #declared = new Map<Node, CelType>()
  readonly #sizes = new Map<Node, Estimate>()
  readonly #entries = new Map<Node, EntrySize>()
  /** The size of the names of types: upstream takes them for the root of what is declared. */
  readonly #rootSize: Estimate | undefined

  constructor(variables: ReadonlyMap<string, CelType>) {
    this.#variables = variables
    const max = [...variables.values()].find(type => type.maxElements !== undefined)?.maxElements
    this.#rootSize = max === undefined ? undefined : { min: 0, max }
  }

  #local(node: Node): Local | undefined {
    return node.kind === 'ident' ? this.#locals.get(node.name)?.at(-1) : undefined
  }
  #declaredOf(node: Node): CelType | undefined {
    return this.#local(node)?.declared ?? this.#declared.get(node)
  }
  #declare(node: Node, type: CelType | undefined): void {
    if (type) this.#declared.set(node, type)
  }
  #sizeOf(node: Node): Estimate | undefined {
    const known = this.#sizes.get(node) ?? literalSize(node)
    if (known) return known
    const max = this.#declaredOf(node)?.maxElements
    if (max !== undefined) return { min: 0, max }
    if (node.type && isScalar(node.type)) return fixed(1)
    return this.#local(node)?.size
  }
  #entriesOf(node: Node): EntrySize | undefined {
    return this.#entries.get(node) ?? this.#local(node)?.entries
  }
  #setEntries(node: Node, entries: EntrySize | undefined): void {
    if (entries) this.#entries.set(node, entries)
  }
  #setSize(node: Node, size: Estimate | undefined): void {
    if (size) this.#sizes.set(node, size)
  }

  cost(node: Node): Estimate {
    switch (node.kind) {
      case 'literal':
        return fixed(0)
      case 'ident':
        return this.#ident(node)
      case 'select':
        if (!node.resolved) return this.#select(node)
        this.#setSize(node, this.#rootSize)
        return fixed(1)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return add(fixed(40), this.#sum(node.fields.map(f => f.value)))
      case 'comprehension':
        return isBind(node) ? this.#bind(node) : this.#comprehension(node)
    }
  }
  #ident(node: Ident): Estimate {
    if (node.constant !== undefined) this.#setSize(node, this.#rootSize)
    else if (!this.#local(node)) this.#declare(node, this.#variables.get(node.name))
    return fixed(1)
  }
  #sum(nodes: readonly Node[]): Estimate {
    return nodes.reduce((sum, node) => add(sum, this.cost(node)), fixed(0))
  }

  #select(node: Select): Estimate {
    const operand = this.cost(node.operand)
    if (node.test) return operand
    this.#declare(node, this.#declaredOf(node.operand)?.fields?.get(node.field)?.type)
    const { kind } = node.operand.type!
    if (node.optional) return add(operand, fixed(1))
    return kind === 'map' || kind === 'object' || kind === 'parameter' ? add(operand, fixed(1)) : operand
  }

  #list(node: ListLiteral): Estimate {
    const cost = add(fixed(10), this.#sum(node.items))
    const value = node.items.length ? node.items.map(item => this.#sizeOf(item) ?? unknownSize).reduce(union) : fixed(0)
    this.#setEntries(node, { key: fixed(1), value })
    return cost
  }
  #map(node: MapLiteral): Estimate {
    const cost = add(fixed(30), this.#sum(node.entries.flatMap(({ key, value }) => [key, value])))
    const range = (nodes: readonly Node[]): Estimate => (nodes.length ? nodes.map(n => this.#sizeOf(n) ?? unknownSize).reduce(union) : fixed(0))
    this.#setEntries(node, { key: range(node.entries.map(e => e.key)), value: range(node.entries.map(e => e.value)) })
    return cost
  }

  #call(node: Call): Estimate {
    const [first, second, third] = node.args
    if (node.name === 'dyn' && first) {
      const cost = this.cost(first)
      this.#copy(node, first)
      return add(cost, fixed(1))
    }
    const args = node.args.map(arg => this.cost(arg))
    const sum = args.reduce(add, fixed(0))
    switch (node.name) {
      case '_&&_':
      case '_||_':
        return { min: args[0]!.min, max: sum.max }
      case '_?_:_':
        this.#setSize(node, union(this.#sizeOf(second!) ?? unknownSize, this.#sizeOf(third!) ?? unknownSize))
        this.#setEntries(node, unionEntries(this.#entriesOf(second!), this.#entriesOf(third!)))
        return add(args[0]!, union(args[1]!, args[2]!))
      case '_[_]':
      case '_[?_]':
        this.#index(node, first!)
        return add(sum, fixed(1))
    }
    const target = node.target ? this.cost(node.target) : fixed(0)
    const estimate = this.#overloads(node)
    if (node.name === '_+_') this.#setEntries(node, unionEntries(this.#entriesOf(first!), this.#entriesOf(second!)))
    this.#setSize(node, estimate.resultSize ?? this.#sizeOf(node))
    return add(add(sum, target), estimate.cost)
  }

  #index(node: Call, operand: Node): void {
    const declared = this.#declaredOf(operand)
    this.#declare(node, declared?.kind === 'list' ? declared.parameters[0] : declared?.kind === 'map' ? declared.parameters[1] : undefined)
    this.#setSize(node, this.#entriesOf(operand)?.value ?? this.#sizeOf(node))
  }

  /** A range that covers all that the call may mean. */
  #overloads(node: Call): CallEstimate {
    const sized = (node.target ? [node.target, ...node.args] : node.args).map(arg => this.#sized(arg))
    let cost: Estimate = { min: Infinity, max: 0 }
    let resultSize: Estimate | undefined
    for (const overload of node.overloads ?? []) {
      const estimate = overload.estimate?.(sized) ?? { cost: fixed(1) }
      cost = union(cost, estimate.cost)
      if (estimate.resultSize) resultSize = resultSize ? union(resultSize, estimate.resultSize) : estimate.resultSize
    }
    return { cost: node.overloads?.length ? cost : fixed(0), ...(resultSize && { resultSize }) }
  }

  #sized(node: Node): Sized {
    const size = this.#sizeOf(node)
    const declared = this.#declaredOf(node)
    const max = declared?.kind === 'list' ? declared.parameters[0]?.maxElements : undefined
    return {
      size: size ?? unknownSize,
      isKnown: size !== undefined,
      type: node.type!,
      itemSize: max === undefined ? unknownSize : { min: 0, max },
      literal: literalOf(node),
    }
  }

  #copy(to: Node, from: Node): void {
    this.#setSize(to, this.#sizeOf(from))
    this.#setEntries(to, this.#entriesOf(from))
  }

  #with<T>(name: string | undefined, local: Local, body: () => T): T {
    if (name === undefined) return body()
    const stack = this.#locals.get(name) ?? []
    this.#locals.set(name, stack)
    stack.push(local)
    const result = body()
    stack.pop()
    return result
  }
  #localOf(node: Node): Local {
    return { declared: this.#declaredOf(node), size: this.#sizeOf(node), entries: this.#entriesOf(node) }
  }

  #bind(node: Comprehension): Estimate {
    const cost = add(this.cost(node.range), this.cost(node.initial))
    return this.#with(node.accumulator, this.#localOf(node.initial), () => {
      const body = this.cost(node.result)
      this.#copy(node, node.result)
      return add(cost, body)
    })
  }

  #comprehension(node: Comprehension): Estimate {
    let sum = add(this.cost(node.range), this.cost(node.initial))
    const declared = this.#declaredOf(node.range)
    const entries = this.#entriesOf(node.range)
    const isList = (declared ?? node.range.type!).kind === 'list'
    const members: Local = { declared: declared?.parameters[isList ? 0 : 1], size: entries?.value, entries: undefined }
    const keys: Local = { declared: isList ? undefined : declared?.parameters[0], size: entries?.key, entries: undefined }
    const first = node.variable2 !== undefined ? keys : isList ? members : keys
    const accumulated: Local = node.accumulator === accumulatorName ? { ...this.#localOf(node.initial), declared: undefined } : this.#localOf(node.initial)
    const each = this.#with(node.accumulator, accumulated, () => {
      const loop = this.#with(node.variable, first, () => this.#with(node.variable2, members, () => add(this.cost(node.condition), this.cost(node.step))))
      sum = add(sum, this.cost(node.result))
      return loop
    })
    const count = this.#sizeOf(node.range) ?? unknownSize
    sum = add(sum, multiply(count, each))
    if (node.initial.kind === 'literal') this.#setSize(node, this.#sizeOf(node.initial))
    else {
      this.#setSize(node, count)
      this.#setEntries(node, this.#entriesOf(node.step))
    }
    return sum
  }
}

const isBind = (node: Comprehension): boolean =>
  node.range.kind === 'list' &&
  node.range.items.length === 0 &&
  node.condition.kind === 'literal' &&
  node.condition.value === false &&
  node.accumulator !== accumulatorName

export const estimateCost = (root: Node, variables: ReadonlyMap<string, CelType>): Estimate => new Estimator(variables).cost(root)
