// Compiles expressions: parse, check types, judge literals, turn into closures. What an environment declares is fixed when it is made.
import { type Call, type Node } from './ast.ts'
import type { CompileOptions, Compiled, Environment, EnvironmentOptions, Evaluated, EvaluateOptions, Issue, LibraryName, Program } from './cel.types.ts'
import { check, childrenOf, type Declarations } from './checker.ts'
import { estimateCost } from './estimate.ts'
import type { CelFunction } from './function.ts'
import { CostExceeded, Frame, toSteps } from './interpreter.ts'
import { AuthorizationPending } from './library/authorizer.ts'
import { isPattern } from './library/regex.ts'
import { kubernetesLibraries, libraries } from './library/registry.ts'
import { standard } from './library/standard.ts'
import { type Macro, standardMacros } from './macro.ts'
import { indexMacros, parse } from './parser.ts'
import { formatIssues, SourceError, toIssue } from './source-error.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  formatType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from './type.ts'
import { sameType } from './unify.ts'
import { CelError } from './value.ts'

/** What one call may cost, wherever it stands. */
export const perCallCostLimit = 1_000_000

const namedTypes: ReadonlyMap<string, CelType> = new Map(
  [
    boolType,
    intType,
    uintType,
    doubleType,
    stringType,
    bytesType,
    nullType,
    timestampType,
    durationType,
    listType(dynType),
    mapType(dynType, dynType),
    typeType(dynType),
    opaqueType('optional_type', dynType),
  ].map(type => [type.name, type]),
)

interface Language {
  readonly functions: ReadonlyMap<string, CelFunction>
  readonly macros: ReadonlyMap<string, Macro>
}

const languageOf = (names: readonly LibraryName[]): Language => {
  const chosen = libraries.filter(({ name }) => names.includes(name))
  const functions = new Map<string, CelFunction>()
  for (const declared of [...standard, ...chosen.flatMap(library => library.functions)]) {
    const known = functions.get(declared.name)
    functions.set(declared.name, known ? { name: declared.name, overloads: [...known.overloads, ...declared.overloads] } : declared)
  }
  return { functions, macros: indexMacros([...standardMacros, ...chosen.flatMap(library => library.macros ?? [])]) }
}

/** Literals that no evaluation could use. */
const literalFault = (node: Node): string | undefined => {
  if (node.kind !== 'call') return undefined
  const text = textArgument(node)
  if (text === undefined) return undefined
  if (node.name === 'duration' && parseDuration(text) === undefined) return 'invalid duration argument'
  if (node.name === 'timestamp' && parseTimestamp(text) === undefined) return 'invalid timestamp argument'
  if ((node.name === 'matches' || node.name === 'find' || node.name === 'findAll') && !isPattern(text)) return `invalid ${node.name} argument`
  return undefined
}
/** The literal that a call is about. */
const textArgument = ({ name, target, args }: Call): string | undefined => {
  const argument = target || name === 'duration' || name === 'timestamp' ? args[0] : args[1]
  return argument?.kind === 'literal' && typeof argument.value === 'string' ? argument.value : undefined
}
/** Members of a literal are of one very type; only what is formatted may be mixed, by way of dyn. */
const mixedMember = (node: Node): { at: number; message: string } | undefined => {
  const optionalItem = (item: Node, i: number): CelType => (node.kind === 'list' && node.optional.has(i) ? (item.type?.parameters[0] ?? dynType) : item.type!)
  const differing = (members: readonly Node[], types: readonly CelType[]): { at: number; message: string } | undefined => {
    const i = types.findIndex(type => !sameType(type, types[0]!))
    return i < 0 ? undefined : { at: members[i]!.at, message: `expected type '${formatType(types[0]!)}' but found '${formatType(types[i]!)}'` }
  }
  if (node.kind === 'list') return differing(node.items, node.items.map(optionalItem))
  if (node.kind !== 'map') return undefined
  const [keys, values] = [node.entries.map(e => e.key), node.entries.map(e => e.value)]
  const valueTypes = node.entries.map(({ value, optional }) => (optional ? (value.type?.parameters[0] ?? dynType) : value.type!))
  return (
    differing(
      keys,
      keys.map(key => key.type!),
    ) ?? differing(values, valueTypes)
  )
}

const judgeLiterals = (source: string, node: Node, issues: Issue[], isFormatted = false): void => {
  const fault = literalFault(node)
  if (fault !== undefined) issues.push(toIssue(source, node.at, fault, 'type'))
  const mixed = isFormatted ? undefined : mixedMember(node)
  if (mixed) issues.push(toIssue(source, mixed.at, mixed.message, 'type'))
  const formats = node.kind === 'call' && node.name === 'format'
  for (const child of childrenOf(node)) judgeLiterals(source, child, issues, formats)
}

const toProgram = (expression: string, root: Node, variables: ReadonlyMap<string, CelType>): Program => {
  const { step, used } = toSteps(root, variables)
  const outputType = root.type!
  return {
    expression,
    outputType,
    references: variable => used.has(variable),
    estimateCost: () => estimateCost(root, variables),
    evaluate: (bindings, { costLimit = perCallCostLimit }: EvaluateOptions = {}): Evaluated => {
      const frame = new Frame(bindings, costLimit)
      try {
        const value = step(frame)
        if (value instanceof CelError) return { ok: false, error: { kind: 'evaluation', message: value.message }, cost: frame.cost }
        return { ok: true, value, cost: frame.cost }
      } catch (error) {
        if (error instanceof CostExceeded) return { ok: false, error: { kind: 'cost', message: error.message }, cost: frame.cost }
        if (error instanceof AuthorizationPending)
          return { ok: false, error: { kind: 'pending', message: error.message, question: error.question }, cost: frame.cost }
        // A string, a list or a recursion larger than the engine takes.
        if (error instanceof RangeError) return { ok: false, error: { kind: 'evaluation', message: 'the value is too large' }, cost: frame.cost }
        throw error
      }
    },
  }
}

const failed = (expression: string, errors: readonly Issue[]): Compiled => ({ ok: false, errors, message: formatIssues(expression, errors) })

const isExpected = (type: CelType, expected: readonly CelType[] | undefined): boolean =>
  !expected || type.kind === 'dyn' || expected.some(one => one.kind === 'dyn' || sameType(one, type))

const createWith = (language: Language, variables: ReadonlyMap<string, CelType>, resolveType: Declarations['resolveType']): Environment => {
  const declared: Declarations = { variables, functions: language.functions, resolveType }
  const compile = (expression: string, { expectedTypes }: CompileOptions = {}): Compiled => {
    let root: Node
    try {
      root = parse(expression, language.macros)
    } catch (error) {
      if (error instanceof SourceError) return failed(expression, [toIssue(expression, error.at, error.message, 'syntax')])
      throw error
    }
    const { type, issues } = check(expression, root, declared)
    const all = [...issues]
    if (!all.length) judgeLiterals(expression, root, all)
    if (all.length) return failed(expression, all)
    if (!isExpected(type, expectedTypes)) {
      const wanted = (expectedTypes ?? []).map(formatType)
      return {
        ok: false,
        errors: [],
        message: wanted.length === 1 ? `must evaluate to ${wanted[0] ?? ''}` : `must evaluate to one of ${wanted.join(', ')}`,
        unexpectedType: type,
      }
    }
    return { ok: true, program: toProgram(expression, root, variables) }
  }
  return {
    compile,
    extend: more => createWith(language, new Map([...variables, ...Object.entries(more)]), resolveType),
  }
}

export const createEnvironment = ({ variables, libraries: names = kubernetesLibraries, resolveType }: EnvironmentOptions): Environment =>
  createWith(languageOf(names), new Map(Object.entries(variables)), name => namedTypes.get(name) ?? resolveType?.(name))
