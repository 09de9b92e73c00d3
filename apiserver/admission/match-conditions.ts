// matchConditions of webhooks: a request concerns a webhook only when all of them hold.
import { AdmissionCompiler, expressionTypes } from '../../api/cel/admission-environment.ts'
import type { MatchCondition } from '../../api/types/admissionregistration-v1.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { AdmissionRequest } from './admission.ts'
import { Activation, createDecisions } from './policies/activation.ts'
import { toExpression } from './policies/compile.ts'
import type { Seen } from './webhooks/review.ts'

export type Match = { readonly matches: boolean } | { readonly error: string }

/** A condition that is false decides; a fault of another only counts when none is, and then not when the webhook fails open. */
export interface Conditions {
  match(request: AdmissionRequest, seen: Seen): Promise<Match> | Match
}

export type ConditionCompiler = (conditions: readonly MatchCondition[], failsOpen: boolean) => Conditions

const always: Conditions = { match: () => ({ matches: true }) }

export const createConditionCompiler = (authorizers: readonly Authorizer[]): ConditionCompiler => {
  // Made with the first condition: most servers never see one.
  let made: AdmissionCompiler | undefined
  return (conditions, failsOpen) => {
    if (!conditions.length) return always
    const compiler = (made ??= new AdmissionCompiler({}))
    const parameters = { paramKind: undefined, variables: new Map(), variablesType: compiler.variablesType }
    const expressions = conditions.map(({ expression }) => toExpression(expression, compiler.compile(expression, { expectedTypes: expressionTypes.condition })))
    return {
      match: async (request, seen) => {
        const decisions = createDecisions(authorizers, request.user)
        const result = await new Activation(parameters, request, seen, null, undefined, decisions).matches(expressions)
        if (typeof result === 'boolean') return { matches: result }
        return failsOpen ? { matches: false } : result
      },
    }
  }
}
