// Recursive descent over the whole grammar of CEL. Depth and length are bounded, as cel-go's are, so that no expression can hurt.
import { call, type FieldEntry, ident, literal, type MapEntry, type Node, qualifiedName } from './ast.ts'
import { numberValue, type Token, tokenize } from './lexer.ts'
import type { Macro } from './macro.ts'
import { SourceError } from './source-error.ts'
import { lengthOf } from './value.ts'

const maxCodePoints = 100_000
const maxDepth = 250
const reserved = new Set('as break const continue else for function if import let loop package namespace return var void while'.split(' '))
const constants: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
])
const relations: Readonly<Record<string, string>> = { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' }
const sums: Readonly<Record<string, string>> = { '+': '_+_', '-': '_-_' }
const products: Readonly<Record<string, string>> = { '*': '_*_', '/': '_/_', '%': '_%_' }

class Parser {
  readonly #tokens: readonly Token[]
  readonly #macros: ReadonlyMap<string, Macro>
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], macros: ReadonlyMap<string, Macro>) {
    this.#tokens = tokens
    this.#macros = macros
  }

  parse(): Node {
    const node = this.#expression()
    if (this.#token.kind !== 'end') throw this.#unexpected()
    return node
  }

  get #token(): Token {
    return this.#tokens[this.#next]!
  }
  #unexpected(wanted?: string): SourceError {
    const { text, at } = this.#token
    return new SourceError(wanted === undefined ? `mismatched input '${text}'` : `mismatched input '${text}' expecting ${wanted}`, at)
  }
  #is(text: string): boolean {
    const token = this.#token
    return token.text === text && (token.kind === 'symbol' || token.kind === 'name')
  }
  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#next++
    return true
  }
  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(`'${text}'`)
  }
  #name(): Token {
    const token = this.#token
    if (token.kind !== 'name' || constants.has(token.text) || token.text === 'in') throw this.#unexpected('IDENTIFIER')
    this.#next++
    return token
  }
  #nested<T>(read: () => T): T {
    this.#deeper()
    const node = read()
    this.#depth--
    return node
  }
  #deeper(): void {
    if (++this.#depth > maxDepth) throw new SourceError(`expression recursion limit exceeded: ${maxDepth}`, this.#token.at)
  }

  #expression(): Node {
    return this.#nested(() => {
      const condition = this.#logical('||', '_||_', () => this.#logical('&&', '_&&_', () => this.#relation()))
      const { at } = this.#token
      if (!this.#take('?')) return condition
      const yes = this.#logical('||', '_||_', () => this.#logical('&&', '_&&_', () => this.#relation()))
      this.#expect(':')
      return call(at, '_?_:_', condition, yes, this.#expression())
    })
  }

  /** Chains become balanced trees: long ones must not make deep ones. */
  #logical(symbol: string, name: string, operand: () => Node): Node {
    const operands = [operand()]
    const places: number[] = []
    while (this.#is(symbol)) {
      places.push(this.#token.at)
      this.#next++
      operands.push(operand())
    }
    const balance = (from: number, to: number): Node => {
      if (from === to) return operands[from]!
      const middle = (from + to + 1) >> 1
      return call(places[middle - 1]!, name, balance(from, middle - 1), balance(middle, to))
    }
    return balance(0, operands.length - 1)
  }

  #binary(names: Readonly<Record<string, string>>, operand: () => Node): Node {
    const before = this.#depth
    let node = operand()
    for (;;) {
      const { text, at, kind } = this.#token
      const name = kind === 'symbol' || text === 'in' ? names[text] : undefined
      if (name === undefined) break
      this.#next++
      this.#deeper()
      node = call(at, name, node, operand())
    }
    this.#depth = before
    return node
  }
  #relation(): Node {
    return this.#binary(relations, () => this.#binary(sums, () => this.#binary(products, () => this.#unary())))
  }

  #unary(): Node {
    const { at } = this.#token
    for (const [symbol, name] of [['!', '!_'] as const, ['-', '-_'] as const]) {
      let count = 0
      while (this.#is(symbol) && !(symbol === '-' && this.#isNumber(this.#tokens[this.#next + 1]))) {
        this.#next++
        count++
      }
      if (count === 0) continue
      const operand = this.#member()
      return count % 2 ? call(at, name, operand) : operand
    }
    return this.#member()
  }
  #isNumber(token: Token | undefined): boolean {
    return token?.kind === 'literal' && token.value === undefined
  }

  #member(): Node {
    const before = this.#depth
    let node = this.#primary()
    for (;;) {
      const { at } = this.#token
      if (this.#take('.')) node = this.#selection(node, at)
      else if (this.#take('[')) {
        const optional = this.#take('?')
        const index = this.#expression()
        this.#expect(']')
        node = call(at, optional ? '_[?_]' : '_[_]', node, index)
      } else if (this.#is('{') && qualifiedName(node) !== undefined) node = this.#struct(qualifiedName(node)!, at)
      else break
      this.#deeper()
    }
    this.#depth = before
    return node
  }

  #selection(operand: Node, at: number): Node {
    const optional = this.#take('?')
    const { text } = this.#name()
    if (optional) return { kind: 'select', at, operand, field: text, test: false, optional: true }
    const open = this.#token.at
    if (!this.#take('(')) return { kind: 'select', at, operand, field: text, test: false, optional: false }
    return this.#call(open, text, this.#items(')'), operand)
  }

  #call(at: number, name: string, args: readonly Node[], target?: Node): Node {
    const macro = this.#macros.get(macroKey(name, args.length, target !== undefined))
    return macro?.expand(at, args, target) ?? { kind: 'call', at, name, target, args }
  }

  #items(close: string): Node[] {
    const items: Node[] = []
    if (this.#take(close)) return items
    do items.push(this.#expression())
    while (this.#take(','))
    this.#expect(close)
    return items
  }

  #primary(): Node {
    const token = this.#token
    const { at, text } = token
    if (token.kind === 'literal') {
      this.#next++
      return literal(at, token.value === undefined ? numberValue(text, false, at) : token.value)
    }
    if (this.#take('-')) {
      const digits = this.#token
      this.#next++
      return literal(at, numberValue(digits.text, true, at))
    }
    if (this.#take('(')) {
      const node = this.#expression()
      this.#expect(')')
      return node
    }
    if (this.#take('[')) return this.#list(at)
    if (this.#take('{')) return this.#map(at)
    if (token.kind === 'name' && constants.has(text)) {
      this.#next++
      return literal(at, constants.get(text)!)
    }
    // A leading dot names from the root; there is one namespace only.
    this.#take('.')
    const name = this.#name()
    const open = this.#token.at
    if (this.#take('(')) return this.#call(open, name.text, this.#items(')'))
    if (reserved.has(name.text)) throw new SourceError(`reserved identifier: ${name.text}`, name.at)
    return ident(name.at, name.text)
  }

  #list(at: number): Node {
    const items: Node[] = []
    const optional = new Set<number>()
    while (!this.#take(']')) {
      if (this.#take('?')) optional.add(items.length)
      items.push(this.#expression())
      if (!this.#take(',')) {
        this.#expect(']')
        break
      }
    }
    return { kind: 'list', at, items, optional }
  }

  #map(at: number): Node {
    const entries: MapEntry[] = []
    while (!this.#take('}')) {
      const optional = this.#take('?')
      const key = this.#expression()
      this.#expect(':')
      entries.push({ key, value: this.#expression(), optional })
      if (!this.#take(',')) {
        this.#expect('}')
        break
      }
    }
    return { kind: 'map', at, entries }
  }

  #struct(typeName: string, at: number): Node {
    this.#expect('{')
    const fields: FieldEntry[] = []
    while (!this.#take('}')) {
      const optional = this.#take('?')
      const { text, at: place } = this.#name()
      this.#expect(':')
      fields.push({ name: text, at: place, value: this.#expression(), optional })
      if (!this.#take(',')) {
        this.#expect('}')
        break
      }
    }
    return { kind: 'struct', at, typeName, fields }
  }
}

const macroKey = (name: string, argumentCount: number, isMember: boolean): string => `${name}/${argumentCount}/${isMember ? 'member' : 'global'}`
export const indexMacros = (macros: readonly Macro[]): ReadonlyMap<string, Macro> =>
  new Map(macros.map(macro => [macroKey(macro.name, macro.argumentCount, macro.isMember), macro]))

/** Throws SourceError. */
export const parse = (expression: string, macros: ReadonlyMap<string, Macro>): Node => {
  const size = expression.length > maxCodePoints ? lengthOf(expression) : 0
  if (size > maxCodePoints) throw new SourceError(`expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}`, 0)
  return new Parser(tokenize(expression), macros).parse()
}
