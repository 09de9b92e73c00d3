// Macros: calls that the parser replaces by what they stand for, so that checker and interpreter know one loop only.
import { accumulatorName, call, type Comprehension, ident, list, literal, memberCall, type Node } from './ast.ts'
import { SourceError } from './source-error.ts'

export interface Macro {
  readonly name: string
  readonly argumentCount: number
  readonly isMember: boolean
  /** undefined: this call is no use of the macro after all. */
  readonly expand: (at: number, args: readonly Node[], target: Node | undefined) => Node | undefined
}

const global = (name: string, argumentCount: number, expand: Macro['expand']): Macro => ({ name, argumentCount, isMember: false, expand })
const receiver = (name: string, argumentCount: number, expand: (at: number, target: Node, args: readonly Node[]) => Node): Macro => ({
  name,
  argumentCount,
  isMember: true,
  expand: (at, args, target) => (target ? expand(at, target, args) : undefined),
})

const variableName = (node: Node | undefined): string => {
  if (node?.kind !== 'ident') throw new SourceError('argument must be a simple name', node?.at ?? 0)
  if (node.name === accumulatorName) throw new SourceError('iteration variable overwrites accumulator variable', node.at)
  return node.name
}

interface Fold {
  readonly initial: Node
  readonly condition: Node
  readonly step: Node
  readonly result: Node
}
type Body = (at: number, args: readonly Node[], variables: readonly string[]) => Fold

const accumulated = (at: number): Node => ident(at, accumulatorName)

const fold = (name: string, variableCount: 1 | 2, argumentCount: number, body: Body): Macro =>
  receiver(name, variableCount + argumentCount, (at, target, args): Comprehension => {
    const variables = args.slice(0, variableCount).map(variableName)
    if (variableCount === 2 && variables[0] === variables[1]) throw new SourceError('duplicate variable name', args[1]?.at ?? at)
    const [variable = '', variable2] = variables
    return {
      kind: 'comprehension',
      at,
      range: target,
      variable,
      ...(variable2 !== undefined && { variable2 }),
      accumulator: accumulatorName,
      ...body(at, args.slice(variableCount), variables),
    }
  })

const all: Body = (at, [predicate]) => ({
  initial: literal(at, true),
  condition: call(at, '@not_strictly_false', accumulated(at)),
  step: call(at, '_&&_', accumulated(at), predicate!),
  result: accumulated(at),
})
const exists: Body = (at, [predicate]) => ({
  initial: literal(at, false),
  condition: call(at, '@not_strictly_false', call(at, '!_', accumulated(at))),
  step: call(at, '_||_', accumulated(at), predicate!),
  result: accumulated(at),
})
const existsOne: Body = (at, [predicate]) => ({
  initial: literal(at, 0n),
  condition: literal(at, true),
  step: call(at, '_?_:_', predicate!, call(at, '_+_', accumulated(at), literal(at, 1n)), accumulated(at)),
  result: call(at, '_==_', accumulated(at), literal(at, 1n)),
})

/** Grows what is accumulated, under a condition where there is one. */
const collect = (at: number, initial: Node, filter: Node | undefined, grown: Node): Fold => ({
  initial,
  condition: literal(at, true),
  step: filter ? call(at, '_?_:_', filter, grown, accumulated(at)) : grown,
  result: accumulated(at),
})
const withFilter = (args: readonly Node[]): readonly [Node | undefined, Node] => (args.length > 1 ? [args[0], args[1]!] : [undefined, args[0]!])
const append = (at: number, item: Node): Node => call(at, '_+_', accumulated(at), list(at, item))
const emptyMap = (at: number): Node => ({ kind: 'map', at, entries: [] })

const map: Body = (at, args) => {
  const [filter, transform] = withFilter(args)
  return collect(at, list(at), filter, append(at, transform))
}
const filter: Body = (at, [predicate], [variable = '']) => collect(at, list(at), predicate, append(at, ident(at, variable)))
const transformMap: Body = (at, args, [key = '']) => {
  const [filter, transform] = withFilter(args)
  return collect(at, emptyMap(at), filter, call(at, 'cel.@mapInsert', accumulated(at), ident(at, key), transform))
}
const transformMapEntry: Body = (at, args) => {
  const [filter, entry] = withFilter(args)
  return collect(at, emptyMap(at), filter, call(at, 'cel.@mapInsert', accumulated(at), entry))
}

const has = global('has', 1, (at, [argument]) => {
  if (argument?.kind !== 'select' || argument.test || argument.optional) throw new SourceError('invalid argument to has() macro', argument?.at ?? at)
  return { ...argument, test: true }
})

export const standardMacros: readonly Macro[] = [
  has,
  fold('all', 1, 1, all),
  fold('exists', 1, 1, exists),
  fold('exists_one', 1, 1, existsOne),
  fold('existsOne', 1, 1, existsOne),
  fold('map', 1, 1, map),
  fold('map', 1, 2, map),
  fold('filter', 1, 1, filter),
]

export const twoVariableMacros: readonly Macro[] = [
  fold('all', 2, 1, all),
  fold('exists', 2, 1, exists),
  fold('exists_one', 2, 1, existsOne),
  fold('existsOne', 2, 1, existsOne),
  fold('transformList', 2, 1, map),
  fold('transformList', 2, 2, map),
  fold('transformMap', 2, 1, transformMap),
  fold('transformMap', 2, 2, transformMap),
  fold('transformMapEntry', 2, 1, transformMapEntry),
  fold('transformMapEntry', 2, 2, transformMapEntry),
]

/** A fold over nothing whose accumulator is the bound value. */
export const bind = (at: number, variable: string, value: Node, body: Node): Comprehension => ({
  kind: 'comprehension',
  at,
  range: list(at),
  variable: '#unused',
  accumulator: variable,
  initial: value,
  condition: literal(at, false),
  step: ident(at, variable),
  result: body,
})

/** optMap and optFlatMap: the body with the value bound, none where there is none. */
const onOptional = (name: string, wrap: (at: number, body: Node) => Node): Macro =>
  receiver(name, 2, (at, target, [variable, body]) =>
    call(
      at,
      '_?_:_',
      memberCall(at, 'hasValue', target),
      wrap(at, bind(at, variableName(variable), memberCall(at, 'value', target), body!)),
      memberCall(at, 'none', ident(at, 'optional')),
    ),
  )
export const optionalMacros: readonly Macro[] = [
  onOptional('optMap', (at, body) => memberCall(at, 'of', ident(at, 'optional'), body)),
  onOptional('optFlatMap', (_, body) => body),
]

const sortInput = '@__sortBy_input__'
export const sortByMacro: Macro = receiver('sortBy', 2, (at, target, args) => {
  const keys: Comprehension = {
    kind: 'comprehension',
    at,
    range: ident(at, sortInput),
    variable: variableName(args[0]),
    accumulator: accumulatorName,
    ...map(at, args.slice(1), []),
  }
  return bind(at, sortInput, target, memberCall(at, '@sortByAssociatedKeys', ident(at, sortInput), keys))
})

export const bindMacro: Macro = {
  name: 'bind',
  argumentCount: 3,
  isMember: true,
  expand: (at, [variable, value, body], target) =>
    target?.kind === 'ident' && target.name === 'cel' ? bind(at, variableName(variable), value!, body!) : undefined,
}
