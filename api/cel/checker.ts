// The type checker: gives every node its type, every call the overloads it may mean. Goes on after an error, so that all are found.
import {
  type Call,
  type Comprehension,
  type Ident,
  type ListLiteral,
  type MapLiteral,
  type Node,
  qualifiedName,
  type Select,
  type StructLiteral,
} from './ast.ts'
import type { Issue } from './cel.types.ts'
import type { CelFunction, Overload } from './function.ts'
import { toIssue } from './source-error.ts'
import { boolType, type CelType, dynType, errorType, formatType, intType, listType, mapType, opaqueType, parameterType, typeType } from './type.ts'
import { mostGeneral, sameType, Substitutions } from './unify.ts'
import { CelTypeValue, typeOf } from './value.ts'

export interface Declarations {
  readonly variables: ReadonlyMap<string, CelType>
  readonly functions: ReadonlyMap<string, CelFunction>
  resolveType(name: string): CelType | undefined
}

export const optionalOf = (type: CelType): CelType => opaqueType('optional_type', type)
const unwrapOptional = (type: CelType): CelType | undefined => (type.kind === 'opaque' && type.name === 'optional_type' ? type.parameters[0] : undefined)

/** `(int, string)`, or `int.(string)` of a member call. */
const formatCall = (types: readonly CelType[], isMember: boolean): string =>
  isMember ? `${formatType(types[0] ?? errorType)}.(${types.slice(1).map(formatType).join(', ')})` : `(${types.map(formatType).join(', ')})`

class Checker {
  readonly issues: Issue[] = []
  readonly #source: string
  readonly #declared: Declarations
  /** Variables of comprehensions, innermost last. */
  readonly #scopes: Map<string, CelType>[] = []
  readonly #known = new Substitutions()
  #fresh = 0

  constructor(source: string, declared: Declarations) {
    this.#source = source
    this.#declared = declared
  }

  #error(at: number, message: string): CelType {
    this.issues.push(toIssue(this.#source, at, message, 'type'))
    return errorType
  }
  #newParameter(): CelType {
    return parameterType(`@${this.#fresh++}`)
  }
  #assignable(from: CelType, to: CelType): boolean {
    return this.#known.assign([from], [to])
  }
  #resolve(type: CelType): CelType {
    return this.#known.resolve(type)
  }
  /** What all of them are once the expression is checked; for parameters nothing was found to stand for. */
  finish(type: CelType): CelType {
    return this.#known.resolve(type, true)
  }

  check(node: Node): CelType {
    const type = this.#check(node)
    node.type = type
    return type
  }

  #check(node: Node): CelType {
    switch (node.kind) {
      case 'literal':
        return typeOf(node.value)
      case 'ident':
        return this.#ident(node)
      case 'select':
        return this.#select(node)
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

  #local(name: string): CelType | undefined {
    return this.#scopes.findLast(scope => scope.has(name))?.get(name)
  }

  /** A variable, or a type by its name. */
  #lookUp(node: Ident): CelType | undefined {
    const variable = this.#local(node.name) ?? this.#declared.variables.get(node.name)
    if (variable) return variable
    const type = this.#declared.resolveType(node.name)
    if (!type) return undefined
    node.constant = new CelTypeValue(type)
    return typeType(type)
  }

  #ident(node: Ident): CelType {
    return this.#lookUp(node) ?? this.#error(node.at, `undeclared reference to '${node.name}' (in container '')`)
  }

  #select(node: Select): CelType {
    const name = qualifiedName(node)
    if (name !== undefined && this.#local(name.slice(0, name.indexOf('.'))) === undefined) {
      const resolved: Ident = { kind: 'ident', at: node.at, name }
      const type = this.#lookUp(resolved)
      if (type) {
        resolved.type = type
        node.resolved = resolved
        return type
      }
    }
    const operand = this.#resolve(this.check(node.operand))
    const inner = unwrapOptional(operand)
    const found = this.#fieldOf(node, inner ?? operand)
    if (node.test) return boolType
    return this.#resolve(inner !== undefined || node.optional ? optionalOf(found) : found)
  }

  #fieldOf({ at, field }: Select, type: CelType): CelType {
    switch (type.kind) {
      case 'map':
        return type.parameters[1]!
      case 'object':
        return type.fields?.get(field)?.type ?? this.#error(at, `undefined field '${field}'`)
      case 'parameter':
        this.#assignable(dynType, type)
        return dynType
      case 'dyn':
      case 'error':
        return dynType
      default:
        return this.#error(at, `type '${formatType(this.finish(type))}' does not support field selection`)
    }
  }

  #call(node: Call): CelType {
    for (const arg of node.args) this.check(arg)
    const { target } = node
    if (!target) {
      const found = this.#declared.functions.get(node.name)
      return found ? this.#overloads(node, found, node.args) : this.#error(node.at, `undeclared reference to '${node.name}' (in container '')`)
    }
    const prefix = qualifiedName(target)
    const qualified = prefix === undefined ? undefined : this.#declared.functions.get(`${prefix}.${node.name}`)
    if (qualified) {
      node.name = qualified.name
      node.target = undefined
      return this.#overloads(node, qualified, node.args)
    }
    this.check(target)
    const found = this.#declared.functions.get(node.name)
    return found ? this.#overloads(node, found, [target, ...node.args]) : this.#error(node.at, `undeclared reference to '${node.name}' (in container '')`)
  }

  #overloads(node: Call, { name, overloads }: CelFunction, args: readonly Node[]): CelType {
    const types = args.map(arg => this.#resolve(arg.type!))
    const isMember = node.target !== undefined
    const chosen: Overload[] = []
    let result: CelType | undefined
    for (const candidate of overloads) {
      if (candidate.isMember !== isMember || candidate.parameters.length !== types.length) continue
      const fresh = new Map<string, CelType>()
      const instantiate = (type: CelType): CelType => this.#instantiate(type, fresh)
      if (!this.#known.assign(types, candidate.parameters.map(instantiate))) continue
      chosen.push(candidate)
      const type = this.#resolve(instantiate(candidate.result))
      result = result === undefined ? type : result.kind === 'dyn' || sameType(result, type) ? result : dynType
    }
    node.overloads = chosen
    if (result) return result
    return this.#error(
      node.at,
      `found no matching overload for '${name}' applied to '${formatCall(
        types.map(t => this.finish(t)),
        isMember,
      )}'`,
    )
  }

  #instantiate(type: CelType, fresh: Map<string, CelType>): CelType {
    if (type.kind === 'parameter') {
      const known = fresh.get(type.name) ?? this.#newParameter()
      fresh.set(type.name, known)
      return known
    }
    if (!type.parameters.length) return type
    return { ...type, parameters: type.parameters.map(p => this.#instantiate(p, fresh)) }
  }

  /** Members of a literal are of one type. */
  #join(node: Node, before: CelType | undefined, type: CelType): CelType {
    if (!before) return type
    if (this.#assignable(before, type)) return mostGeneral(before, type)
    return this.#error(node.at, `expected type '${formatType(this.finish(before))}' but found '${formatType(this.finish(type))}'`)
  }

  #optionalValue(node: Node): CelType {
    const type = this.#resolve(this.check(node))
    const inner = unwrapOptional(type)
    if (inner) return inner
    if (type.kind !== 'dyn' && type.kind !== 'error')
      return this.#error(node.at, `expected type 'optional_type(dyn)' but found '${formatType(this.finish(type))}'`)
    return dynType
  }
  #value(node: Node, optional: boolean): CelType {
    return optional ? this.#optionalValue(node) : this.check(node)
  }

  #list(node: ListLiteral): CelType {
    let items: CelType | undefined
    node.items.forEach((item, i) => {
      items = this.#join(item, items, this.#value(item, node.optional.has(i)))
    })
    return listType(items ?? this.#newParameter())
  }

  #map(node: MapLiteral): CelType {
    let [keys, values]: [CelType | undefined, CelType | undefined] = [undefined, undefined]
    for (const { key, value, optional } of node.entries) {
      keys = this.#join(key, keys, this.check(key))
      values = this.#join(value, values, this.#value(value, optional))
    }
    return mapType(keys ?? this.#newParameter(), values ?? this.#newParameter())
  }

  #struct(node: StructLiteral): CelType {
    const type = this.#declared.resolveType(node.typeName)
    const isConstructible = type?.kind === 'object'
    const types = node.fields.map(field => this.#value(field.value, field.optional))
    if (!type) return this.#error(node.at, `undeclared reference to '${node.typeName}' (in container '')`)
    if (!isConstructible) return this.#error(node.at, `'${node.typeName}' is not a message type`)
    node.fields.forEach(({ name, at }, i) => {
      const declared = type.fields?.get(name)
      if (!declared) this.#error(at, `undefined field '${name}'`)
      else if (!this.#assignable(declared.type, types[i]!))
        this.#error(at, `expected type of field '${name}' is '${formatType(declared.type)}' but provided type is '${formatType(this.finish(types[i]!))}'`)
    })
    return type
  }

  #comprehension(node: Comprehension): CelType {
    const range = this.#resolve(this.check(node.range))
    const accumulated = this.check(node.initial)
    const [first, second] = this.#rangeTypes(node, range)
    this.#scopes.push(new Map([[node.accumulator, accumulated]]))
    this.#scopes.push(new Map([[node.variable, first], ...(node.variable2 === undefined ? [] : [[node.variable2, second] as const])]))
    this.#expect(node.condition, boolType)
    this.#expect(node.step, accumulated)
    this.#scopes.pop()
    const result = this.#resolve(this.check(node.result))
    this.#scopes.pop()
    return result
  }

  #rangeTypes(node: Comprehension, range: CelType): readonly [CelType, CelType] {
    const isPair = node.variable2 !== undefined
    switch (range.kind) {
      case 'list':
        return isPair ? [intType, range.parameters[0]!] : [range.parameters[0]!, errorType]
      case 'map':
        return [range.parameters[0]!, range.parameters[1]!]
      case 'dyn':
      case 'error':
      case 'parameter':
        this.#assignable(dynType, range)
        return [dynType, dynType]
      default:
        this.#error(node.range.at, `expression of type '${formatType(this.finish(range))}' cannot be range of a comprehension (must be list, map, or dynamic)`)
        return [errorType, errorType]
    }
  }

  #expect(node: Node, wanted: CelType): void {
    const type = this.check(node)
    if (!this.#assignable(wanted, type)) this.#error(node.at, `expected type '${formatType(this.finish(wanted))}' but found '${formatType(this.finish(type))}'`)
  }
}

const forEachNode = (node: Node, visit: (node: Node) => void): void => {
  visit(node)
  for (const child of childrenOf(node)) forEachNode(child, visit)
}

export const childrenOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return []
    case 'select':
      return node.resolved ? [node.resolved] : [node.operand]
    case 'call':
      return node.target ? [node.target, ...node.args] : node.args
    case 'list':
      return node.items
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return node.fields.map(({ value }) => value)
    case 'comprehension':
      return [node.range, node.initial, node.condition, node.step, node.result]
  }
}

export interface Checked {
  readonly type: CelType
  readonly issues: readonly Issue[]
}

/** Writes types and overloads into the tree. */
export const check = (source: string, root: Node, declared: Declarations): Checked => {
  const checker = new Checker(source, declared)
  checker.check(root)
  forEachNode(root, node => {
    if (node.type) node.type = checker.finish(node.type)
  })
  return { type: root.type ?? errorType, issues: checker.issues }
}
