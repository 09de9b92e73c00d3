// Policies and bindings as requests meet them: every expression compiled once, when the object is written.
import { AdmissionCompiler, expressionTypes } from '../../../api/cel/admission-environment.ts'
import type { Compiled, Program } from '../../../api/cel/cel.types.ts'
import type { CelType } from '../../../api/cel/type.ts'
import type {
  MatchCondition,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Variable,
} from '../../../api/types/admissionregistration-v1.ts'
import type { Entry } from '../../../store/store.ts'
import { compileCriteria, type Criteria } from './matching.ts'

/** One expression; `failed` says why it cannot be evaluated. */
export interface Expression {
  readonly text: string
  readonly program: Program | undefined
  readonly failed: string
}

/** What policies of both kinds have. */
export interface Policy {
  readonly name: string
  readonly failsOpen: boolean
  readonly paramKind: ParamKind | undefined
  readonly criteria: Criteria
  readonly conditions: readonly Expression[]
  readonly variables: ReadonlyMap<string, Expression>
  readonly variablesType: CelType
}
export interface Validation {
  readonly expression: Expression
  readonly message: string
  readonly messageExpression: Expression | undefined
  readonly reason: string
}
export interface ValidatingPolicy extends Policy {
  readonly validations: readonly Validation[]
  readonly auditAnnotations: readonly { readonly key: string; readonly value: Expression }[]
}
export interface MutatingPolicy extends Policy {
  readonly mutations: readonly { readonly isJsonPatch: boolean; readonly expression: Expression }[]
  /** Asked again when others changed the object after it (IfNeeded). */
  readonly reinvoked: boolean
}
export interface Binding {
  readonly name: string
  readonly policyName: string
  readonly paramRef: ParamRef | undefined
  readonly criteria: Criteria
  /** Deny, Warn, Audit; of validating policies only. */
  readonly actions: readonly string[]
}

export const toExpression = (text: string, compiled: Compiled): Expression =>
  compiled.ok ? { text, program: compiled.program, failed: '' } : { text, program: undefined, failed: `compilation error: ${compiled.message}` }

interface Spec {
  readonly paramKind?: ParamKind
  readonly matchConstraints?: Parameters<typeof compileCriteria>[0]
  readonly variables?: readonly Variable[]
  readonly matchConditions?: readonly MatchCondition[]
  readonly failurePolicy?: string
}

/** Match conditions come before variables, and do not know them. */
const compilePolicy = (name: string, spec: Spec, compiler: AdmissionCompiler): Policy => {
  const conditions = (spec.matchConditions ?? []).map(({ expression }) =>
    toExpression(expression, compiler.compile(expression, { expectedTypes: expressionTypes.condition })),
  )
  const variables = new Map((spec.variables ?? []).map(v => [v.name, toExpression(v.expression, compiler.compileVariable(v.name, v.expression))]))
  return {
    name,
    failsOpen: spec.failurePolicy === 'Ignore',
    paramKind: spec.paramKind,
    criteria: compileCriteria(spec.matchConstraints),
    conditions,
    variables,
    variablesType: compiler.variablesType,
  }
}

export const compileValidatingPolicy = (entry: Entry): ValidatingPolicy => {
  const { spec } = entry.object() as ValidatingAdmissionPolicy
  const compiler = new AdmissionCompiler({ hasParams: spec.paramKind !== undefined, isPolicy: true })
  const policy = compilePolicy(entry.name, spec, compiler)
  const compile = (text: string, expectedTypes: readonly CelType[]): Expression => toExpression(text, compiler.compile(text, { expectedTypes }))
  return {
    ...policy,
    validations: (spec.validations ?? []).map(({ expression, message = '', messageExpression = '', reason = 'Invalid' }) => ({
      expression: compile(expression, expressionTypes.condition),
      message,
      messageExpression: messageExpression === '' ? undefined : compile(messageExpression, expressionTypes.message),
      reason,
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      value: compile(valueExpression, expressionTypes.auditAnnotation),
    })),
  }
}

export const compileMutatingPolicy = (entry: Entry): MutatingPolicy => {
  const { spec } = entry.object() as MutatingAdmissionPolicy
  const compiler = new AdmissionCompiler({ hasParams: spec.paramKind !== undefined, isPolicy: true, isMutation: true })
  const policy = compilePolicy(entry.name, spec, compiler)
  return {
    ...policy,
    mutations: (spec.mutations ?? []).map(({ patchType, applyConfiguration, jsonPatch }) => {
      const isJsonPatch = patchType === 'JSONPatch'
      const text = (isJsonPatch ? jsonPatch : applyConfiguration)?.expression ?? ''
      const expectedTypes = isJsonPatch ? expressionTypes.jsonPatch : expressionTypes.applyConfiguration
      return { isJsonPatch, expression: toExpression(text, compiler.compile(text, { expectedTypes })) }
    }),
    reinvoked: spec.reinvocationPolicy === 'IfNeeded',
  }
}

export const compileBinding = (entry: Entry): Binding => {
  const { spec } = entry.object() as Partial<ValidatingAdmissionPolicyBinding & MutatingAdmissionPolicyBinding>
  return {
    name: entry.name,
    policyName: spec?.policyName ?? '',
    paramRef: spec?.paramRef,
    criteria: compileCriteria(spec?.matchResources),
    actions: spec?.validationActions ?? [],
  }
}
