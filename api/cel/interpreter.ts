// A checked expression as closures over a frame: evaluated without looking at the tree again, and charged step by step as cel-go and
// Kubernetes count. Reaching the limit is the only thing that is thrown.
import { adapt, NativeObject } from './adapt.ts'
import {
  accumulatorName,
  type Call,
  type Comprehension,
  type Ident,
  type ListLiteral,
  type MapLiteral,
  type Node,
  type Select,
  type StructLiteral,
} from './ast.ts'
import type { Bindings, CelValue } from './cel.types.ts'
import type { Overload } from './function.ts'
import type { CelType } from './type.ts'
import {
  ArrayList,
  CelDuration,
  CelTimestamp,
  CelError,
  CelFields,
  CelList,
  CelMap,
  CelMessage,
  CelOpaque,
  CelOptional,
  CelTypeValue,
  CelUint,
  lengthOf,
  noSuchOverload,
  show,
  ValueMap,
} from './value.ts'

export class CostExceeded extends Error {
  override name = 'CostExceeded'
}

/** One evaluation. */
export class Frame {
  readonly bindings: Bindings
  readonly variables: (CelValue | undefined)[] = []
  readonly locals: CelValue[] = []
  readonly limit: number
  cost = 0
  constructor(bindings: Bindings, limit: number) {
    this.bindings = bindings
    this.limit = limit
  }
  charge(amount: number): void {
    this.cost += amount
    if (this.cost > this.limit) throw new CostExceeded('operation cancelled: actual cost limit exceeded')
  }
}

export type Step = (frame: Frame) => CelValue

const costs = { attribute: 1, list: 10, map: 30, struct: 40 }

/** What size() would say; 1 for what has none. */
export const sizeOf = (value: CelValue): number => {
  if (typeof value === 'string') return lengthOf(value)
  if (typeof value !== 'object' || value === null) return 1
  if (value instanceof Uint8Array) return value.length
  if (value instanceof CelList || value instanceof CelMap || value instanceof CelOpaque) return value.size
  return value instanceof NativeObject ? Object.keys(value.raw).length : 1
}

/** Whether a value may be passed where the type is asked for; of lists and maps only the first member is looked at. */
export const accepts = (type: CelType, value: CelValue): boolean => {
  switch (type.kind) {
    case 'dyn':
    case 'parameter':
      return true
    case 'int':
      return typeof value === 'bigint'
    case 'uint':
      return value instanceof CelUint
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'bytes':
      return value instanceof Uint8Array
    case 'null':
      return value === null
    case 'timestamp':
      return value instanceof CelTimestamp
    case 'duration':
      return value instanceof CelDuration
    case 'type':
      return value instanceof CelTypeValue
    case 'list':
      return value instanceof CelList && (value.size === 0 || accepts(type.parameters[0]!, value.at(0)))
    case 'map':
      return value instanceof CelMap
    case 'object':
      return value instanceof CelFields && value.celType.name === type.name
    case 'opaque':
      return type.name === 'optional_type' ? value instanceof CelOptional : value instanceof CelOpaque && value.celType.name === type.name
    case 'error':
      return false
  }
}

const none = new CelOptional(undefined)

/** The member of that name or key; undefined: there is none. */
const memberOf = (operand: CelValue, key: CelValue): CelValue | undefined => {
  if (operand instanceof CelMap) return operand.get(key)
  if (operand instanceof CelFields) return typeof key === 'string' ? operand.field(key) : noSuchOverload()
  // Of null and all that has no members nothing is a member.
  if (!(operand instanceof CelList)) return undefined
  const index = key instanceof CelUint ? key.value : key
  if ((typeof index !== 'bigint' && typeof index !== 'number') || Number(index) % 1 !== 0) return new CelError(`unsupported index type '${show(key)}' in list`)
  const i = Number(index)
  return i >= 0 && i < operand.size ? operand.at(i) : undefined
}
const missing = (operand: CelValue, key: CelValue): CelError =>
  new CelError(operand instanceof CelList ? `index out of bounds: ${show(key)}` : `no such key: ${show(key)}`)

/** Selection and index alike; on an optional it stays optional. */
const read = (operand: CelValue, key: CelValue, optional: boolean): CelValue => {
  if (operand instanceof CelError) return operand
  if (operand instanceof CelOptional) {
    if (operand.value === undefined) return operand
    return read(operand.value, key, true)
  }
  const found = memberOf(operand, key)
  if (!optional) return found === undefined ? missing(operand, key) : found
  return found === undefined ? none : found instanceof CelError ? found : new CelOptional(found)
}

interface Scope {
  readonly name: string
  readonly slot: number
}

const isAttribute = (node: Node): boolean =>
  node.kind === 'ident' || (node.kind === 'select' && !node.test) || (node.kind === 'call' && (node.name === '_[_]' || node.name === '_[?_]'))

class Compiler {
  readonly #variables: ReadonlyMap<string, CelType>
  readonly #used: Map<string, number>
  #scopes: readonly Scope[] = []

  constructor(variables: ReadonlyMap<string, CelType>, used: Map<string, number>) {
    this.#variables = variables
    this.#used = used
  }

  compile(node: Node): Step {
    switch (node.kind) {
      case 'literal': {
        const { value } = node
        return () => value
      }
      case 'ident':
        return this.#ident(node)
      case 'select':
        return node.resolved ? this.#ident(node.resolved) : this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'comprehension':
        return this.#comprehension(node)
    }
  }

  #ident({ name, constant }: Ident): Step {
    if (constant !== undefined) return () => constant
    const scope = this.#scopes.findLast(s => s.name === name)
    if (scope) {
      const { slot } = scope
      return frame => {
        frame.charge(costs.attribute)
        return frame.locals[slot]!
      }
    }
    const index = this.#used.get(name) ?? this.#used.size
    this.#used.set(name, index)
    const type = this.#variables.get(name)!
    return frame => {
      frame.charge(costs.attribute)
      const known = frame.variables[index]
      if (known !== undefined) return known
      const value = frame.bindings[name]
      return (frame.variables[index] = value === undefined ? new CelError(`no such attribute(s): ${name}`) : adapt(value, type))
    }
  }

  /** What qualifiers cost beside their operand: one each, and one more where the operand is computed. */
  #qualifierCost(operand: Node): number {
    return isAttribute(operand) ? 1 : 2
  }

  #select(node: Select): Step {
    const operand = this.compile(node.operand)
    const { field, optional } = node
    if (node.test) return this.#test(node, operand)
    const cost = this.#qualifierCost(node.operand)
    return frame => {
      const value = operand(frame)
      if (value instanceof CelError) return value
      frame.charge(cost)
      return read(value, field, optional)
    }
  }

  /** has() costs nothing but its operand. */
  #test({ field }: Select, operand: Step): Step {
    return frame => {
      const value = operand(frame)
      if (value instanceof CelError) return value
      const found = read(value, field, true)
      return found instanceof CelOptional ? found.value !== undefined : found
    }
  }

  #call(node: Call): Step {
    const [first, second, third] = node.args
    switch (node.name) {
      case '_&&_':
        return this.#logic(first!, second!, false)
      case '_||_':
        return this.#logic(first!, second!, true)
      case '_?_:_':
        return this.#conditional(first!, second!, third!)
      case '@not_strictly_false': {
        const value = this.compile(first!)
        return frame => {
          const result = value(frame)
          frame.charge(1)
          return result !== false
        }
      }
      case '_[_]':
      case '_[?_]':
        return this.#index(node)
      default:
        return this.#grow(node) ?? this.#membership(node) ?? this.#function(node)
    }
  }

  /** `decisive` ends it, whatever the other side is, an error too. */
  #logic(left: Node, right: Node, decisive: boolean): Step {
    const [a, b] = [this.compile(left), this.compile(right)]
    return frame => {
      const x = a(frame)
      if (x === decisive) return decisive
      const y = b(frame)
      if (y === decisive) return decisive
      if (typeof x !== 'boolean') return x instanceof CelError ? x : noSuchOverload()
      return typeof y === 'boolean' || y instanceof CelError ? y : noSuchOverload()
    }
  }

  #conditional(condition: Node, yes: Node, no: Node): Step {
    const [test, a, b] = [this.compile(condition), this.compile(yes), this.compile(no)]
    return frame => {
      const value = test(frame)
      if (value === true) return a(frame)
      if (value === false) return b(frame)
      return value instanceof CelError ? value : noSuchOverload()
    }
  }

  #index(node: Call): Step {
    const [operand, index] = [this.compile(node.args[0]!), this.compile(node.args[1]!)]
    const cost = this.#qualifierCost(node.args[0]!)
    const optional = node.name === '_[?_]'
    return frame => {
      const value = operand(frame)
      if (value instanceof CelError) return value
      const key = index(frame)
      if (key instanceof CelError) return key
      frame.charge(cost)
      return read(value, key, optional)
    }
  }

  /** What macros accumulate is nobody else's: it grows in place. */
  #grow(node: Call): Step | undefined {
    const [accumulated, added] = node.args
    if (node.name !== '_+_' || accumulated?.kind !== 'ident' || accumulated.name !== accumulatorName || added?.kind !== 'list') return undefined
    const [list, items] = [this.compile(accumulated), this.compile(added)]
    return frame => {
      const into = list(frame)
      if (into instanceof CelError) return into
      const more = items(frame)
      if (more instanceof CelError) return more
      frame.charge(1)
      if (!(into instanceof ArrayList && more instanceof CelList)) return noSuchOverload()
      into.items.push(...more)
      return into
    }
  }

  /** `x in [1, 2]` with constants alone is a look-up without a price of its own. */
  #membership(node: Call): Step | undefined {
    if (node.name !== '@in' || node.args[1]?.kind !== 'list' || !isConstant(node.args[1])) return undefined
    return this.#function(node, 0)
  }

  #function(node: Call, fixedCost?: number): Step {
    const args = (node.target ? [node.target, ...node.args] : node.args).map(arg => this.compile(arg))
    const overloads = node.overloads ?? []
    const price = (chosen: Overload, values: readonly CelValue[]): number => fixedCost ?? chosen.cost?.(values) ?? (chosen.resultCost ? 0 : 1)
    const step: Step = frame => {
      const values: CelValue[] = []
      for (const arg of args) {
        const value = arg(frame)
        if (value instanceof CelError) return value
        values.push(value)
      }
      for (const chosen of overloads) {
        if (!chosen.parameters.every((type, i) => accepts(type, values[i]!))) continue
        frame.charge(price(chosen, values))
        const result = chosen.invoke(...values)
        if (chosen.resultCost) frame.charge(chosen.resultCost(result))
        return result
      }
      return noSuchOverload()
    }
    return this.#fold(node, step)
  }

  /** Conversions of literals are done once. */
  #fold(node: Call, step: Step): Step {
    if (!conversions.has(node.name) || node.target || node.args.length !== 1 || node.args[0]?.kind !== 'literal') return step
    const value = step(new Frame({}, Infinity))
    return value instanceof CelError ? step : () => value
  }

  #list(node: ListLiteral): Step {
    const items = node.items.map(item => this.compile(item))
    const { optional } = node
    const step: Step = frame => {
      const values: CelValue[] = []
      for (let i = 0; i < items.length; i++) {
        const value = items[i]!(frame)
        if (value instanceof CelError) return value
        if (!optional.has(i)) values.push(value)
        else if (!(value instanceof CelOptional)) return new CelError('cannot initialize optional list element from non-optional value')
        else if (value.value !== undefined) values.push(value.value)
      }
      frame.charge(costs.list)
      return new ArrayList(values)
    }
    return this.#constant(node, step)
  }

  #map(node: MapLiteral): Step {
    const entries = node.entries.map(({ key, value, optional }) => ({ key: this.compile(key), value: this.compile(value), optional }))
    const step: Step = frame => {
      const map = new ValueMap()
      for (const entry of entries) {
        const key = entry.key(frame)
        if (key instanceof CelError) return key
        const value = entry.value(frame)
        if (value instanceof CelError) return value
        const [present, isOptional] = value instanceof CelOptional ? [value.value, true] : [value, false]
        if (entry.optional && !isOptional) return new CelError('cannot initialize optional entry from non-optional value')
        if (entry.optional && present === undefined) continue
        const failed = map.insert(key, entry.optional ? present! : value)
        if (failed) return failed
      }
      frame.charge(costs.map)
      return map
    }
    return this.#constant(node, step)
  }

  #constant(node: Node, step: Step): Step {
    if (!isConstant(node)) return step
    const value = step(new Frame({}, Infinity))
    return () => value
  }

  #struct(node: StructLiteral): Step {
    const type = node.type!
    const fields = node.fields.map(({ name, value, optional }) => ({ name, value: this.compile(value), optional }))
    return frame => {
      const set = new Map<string, CelValue>()
      for (const { name, value, optional } of fields) {
        const given = value(frame)
        if (given instanceof CelError) return given
        if (!optional) set.set(name, given)
        else if (!(given instanceof CelOptional)) return new CelError('cannot initialize optional entry from non-optional value')
        else if (given.value !== undefined) set.set(name, given.value)
      }
      frame.charge(costs.struct)
      return new CelMessage(type, set)
    }
  }

  #within<T>(names: readonly string[], compile: (slots: readonly number[]) => T): T {
    const before = this.#scopes
    const scopes = names.map((name, i) => ({ name, slot: before.length + i }))
    this.#scopes = [...before, ...scopes]
    const result = compile(scopes.map(s => s.slot))
    this.#scopes = before
    return result
  }

  /** Grown in place, hence made anew for each evaluation. */
  #initial(node: Node): Step {
    if (node.kind === 'list' && !node.items.length) return () => new ArrayList([])
    if (node.kind === 'map' && !node.entries.length) return () => new ValueMap()
    return this.compile(node)
  }

  #comprehension(node: Comprehension): Step {
    const range = this.compile(node.range)
    const initial = node.accumulator === accumulatorName ? this.#initial(node.initial) : this.compile(node.initial)
    const variables = node.variable2 === undefined ? [node.variable] : [node.variable, node.variable2]
    return this.#within([node.accumulator], ([accumulator = 0]) => {
      const { condition, step, slots } = this.#within(variables, slots => ({ condition: this.compile(node.condition), step: this.compile(node.step), slots }))
      const result = this.compile(node.result)
      const [first = 0, second] = slots
      return frame => {
        const over = range(frame)
        if (over instanceof CelError) return over
        const { locals } = frame
        locals[accumulator] = initial(frame)
        const each = (a: CelValue, b: CelValue | undefined): boolean => {
          locals[first] = a
          if (second !== undefined) locals[second] = b!
          if (condition(frame) !== true) return false
          locals[accumulator] = step(frame)
          return true
        }
        if (over instanceof CelList) {
          const { size } = over
          for (let i = 0; i < size; i++) if (!(second === undefined ? each(over.at(i), undefined) : each(BigInt(i), over.at(i)))) break
        } else if (over instanceof CelMap) {
          for (const key of over.keys()) if (!each(key, second === undefined ? undefined : over.get(key))) break
        } else return noSuchOverload()
        return result(frame)
      }
    })
  }
}

const conversions = new Set(['bool', 'bytes', 'double', 'duration', 'int', 'string', 'timestamp', 'uint'])

const isConstant = (node: Node): boolean =>
  node.kind === 'literal' ||
  (node.kind === 'list' && node.optional.size === 0 && node.items.every(isConstant)) ||
  (node.kind === 'map' && node.entries.every(({ key, value, optional }) => !optional && isConstant(key) && isConstant(value)))

export interface Executable {
  readonly step: Step
  /** The variables it reads. */
  readonly used: ReadonlySet<string>
}

export const toSteps = (root: Node, variables: ReadonlyMap<string, CelType>): Executable => {
  const used = new Map<string, number>()
  return { step: new Compiler(variables, used).compile(root), used: new Set(used.keys()) }
}
