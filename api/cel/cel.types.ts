// What callers of api/cel/ see: environments of declared variables, compiled programs, their values and what they cost.
// The caller keeps compiled programs; nothing here remembers anything.
import type { AuthorizationQuestion } from './library/authorizer.ts'
import type { CelType } from './type.ts'

/** A set of functions and macros beyond the language itself; which of them an expression may use depends on where it stands. */
export type LibraryName =
  | 'optional'
  | 'strings'
  | 'lists'
  | 'listsExtension'
  | 'regex'
  | 'urls'
  | 'quantity'
  | 'ip'
  | 'cidr'
  | 'format'
  | 'semver'
  | 'sets'
  | 'twoVariableComprehensions'
  | 'authorizer'
  /** cel.bind: for device selectors. */
  | 'bindings'
  /** For mutating policies. */
  | 'jsonPatch'

export interface EnvironmentOptions {
  readonly variables: Readonly<Record<string, CelType>>
  /** Default: those that Kubernetes 1.36 enables everywhere. */
  readonly libraries?: readonly LibraryName[]
  /** Types that expressions can name and construct (`Object.spec{…}`); the types of variables need not be among them. */
  readonly resolveType?: (name: string) => CelType | undefined
}

/** Where in the expression, both counted from 1; columns in code points. */
export interface Location {
  readonly line: number
  readonly column: number
}
export interface Issue {
  readonly message: string
  readonly location: Location
  /** A syntax error, or one of types. */
  readonly kind: 'syntax' | 'type'
}

export interface CompileOptions {
  /** What the expression may evaluate to; dyn is always taken. */
  readonly expectedTypes?: readonly CelType[]
}
/** `unexpectedType` is set, and there are no errors, when the expression is sound but of another type than expected. */
export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | {
      readonly ok: false
      readonly errors: readonly Issue[]
      /** As cel-go prints it: ERROR: <input>:1:5: … with the line and a caret. */ readonly message: string
      readonly unexpectedType?: CelType
    }

/** Fewest and most of something; `max` may be Infinity. */
export interface Estimate {
  readonly min: number
  readonly max: number
}

export interface EvaluateOptions {
  /** Steps this one call may cost; default Kubernetes' 1,000,000. The caller deducts `cost` from the budget of its request. */
  readonly costLimit?: number
}

/** `no such key: a`, `divide by zero`, … as cel-go words them. `cost`: the limit was reached and evaluation stopped. */
export type EvaluationFailure =
  | { readonly kind: 'cost' | 'evaluation'; readonly message: string }
  /** An authorizer must be asked first; evaluateAuthorizing does that. */
  | { readonly kind: 'pending'; readonly message: string; readonly question: AuthorizationQuestion }
export type Evaluated =
  { readonly ok: true; readonly value: CelValue; readonly cost: number } | { readonly ok: false; readonly error: EvaluationFailure; readonly cost: number }

/**
 * What the variables are: JSON as it is stored, read by the variable's declared type as it is needed, or a CelValue of this folder
 * (an authorizer, a LazyObject). A variable that is absent or undefined is an evaluation error when it is read.
 */
export type Bindings = Readonly<Record<string, unknown>>

/** A compiled expression: immutable, reusable, evaluated synchronously and never beyond its cost limit. */
export interface Program {
  readonly expression: string
  readonly outputType: CelType
  /** Whether the expression reads the variable, e.g. oldSelf. */
  references(variable: string): boolean
  evaluate(bindings: Bindings, options?: EvaluateOptions): Evaluated
  /** What one evaluation may cost at most, with the sizes that the variables' types allow (maxLength, maxItems, maxProperties). */
  estimateCost(): Estimate
}

export interface Environment {
  compile(expression: string, options?: CompileOptions): Compiled
  /** The same with more variables; cheap. */
  extend(variables: EnvironmentOptions['variables']): Environment
}

/**
 * int is a bigint, double a number; null, booleans and strings are themselves, bytes a Uint8Array; all else are classes of this folder
 * (value.ts): lists, maps, objects, uint, timestamps, durations, types, optionals, quantities, …
 */
export type CelValue = null | boolean | bigint | number | string | Uint8Array | CelObjectValue

/** Every value that is a class of its own. */
export interface CelObjectValue {
  readonly celType: CelType
}
