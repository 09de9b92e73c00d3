// matchConditions of webhooks: a request concerns a webhook only when all of them hold.
import { createEnvironment } from '../../api/cel/environment.ts'
import { evaluateAuthorizing } from '../../api/cel/evaluate-authorizing.ts'
import type { Compiled } from '../../api/cel/cel.types.ts'
import { boolType, dynType } from '../../api/cel/type.ts'
import type { MatchCondition } from '../../api/types/admissionregistration-v1.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { AdmissionRequest } from './admission.ts'
import { authorizerVariables, bindRequest, createRequestType } from './cel-request.ts'
import type { Seen } from './webhooks/review.ts'

export type Match = { readonly matches: boolean } | { readonly error: string }

/** A condition that is false decides; a fault of another only counts when none is, and then not when the webhook fails open. */
export interface Conditions {
  match(request: AdmissionRequest, seen: Seen): Promise<Match> | Match
}

export type ConditionCompiler = (conditions: readonly MatchCondition[], failsOpen: boolean) => Conditions

/** What all conditions of a webhook may cost together. */
const costBudget = 2_500_000
const perCallLimit = 1_000_000

const always: Conditions = { match: () => ({ matches: true }) }

export const createConditionCompiler = (authorizers: readonly Authorizer[]): ConditionCompiler => {
  const environment = createEnvironment({
    variables: { object: dynType, oldObject: dynType, namespaceObject: dynType, request: createRequestType(), ...authorizerVariables },
  })

  const evaluate = async (expression: string, compiled: Compiled, bound: ReturnType<typeof bindRequest>, seen: Seen, costLimit: number) => {
    if (!compiled.ok) return { fault: `compilation failed: ${compiled.message}`, cost: 0 }
    const bindings = { ...bound.bindings, object: seen.object ?? null, oldObject: seen.old ?? null, namespaceObject: null }
    const result = await evaluateAuthorizing(compiled.program, bindings, bound.memory, { costLimit })
    if (!result.ok) return { fault: `expression '${expression}' resulted in error: ${result.error.message}`, cost: result.cost }
    return { holds: result.value === true, cost: result.cost }
  }

  return (conditions, failsOpen) => {
    if (!conditions.length) return always
    const compiled = conditions.map(({ expression }) => ({ expression, program: environment.compile(expression, { expectedTypes: [boolType] }) }))
    return {
      match: async (request, seen) => {
        const bound = bindRequest(request, seen.resource, authorizers)
        const faults: string[] = []
        let budget = costBudget
        for (const { expression, program } of compiled) {
          const { fault, holds, cost } = await evaluate(expression, program, bound, seen, Math.min(budget, perCallLimit))
          if (holds === false) return { matches: false }
          if (fault !== undefined) faults.push(fault)
          budget -= cost
          if (budget <= 0) {
            faults.push('validation failed due to running out of cost budget, no further validation rules will be run')
            break
          }
        }
        if (!faults.length) return { matches: true }
        return failsOpen ? { matches: false } : { error: faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]` }
      },
    }
  }
}
