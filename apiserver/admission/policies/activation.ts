// What expressions of a policy see of one request, and what evaluating them costs: one budget for all of a policy's expressions.
import { setImmediate } from 'node:timers/promises'
import { adapt } from '../../../api/cel/adapt.ts'
import type { Bindings, CelValue, EvaluationFailure } from '../../../api/cel/cel.types.ts'
import { perCallCostLimit } from '../../../api/cel/environment.ts'
import {
  type AuthorizationDecision,
  AuthorizationPending,
  type AuthorizationQuestion,
  createAuthorizerValue,
  createResourceCheck,
} from '../../../api/cel/library/authorizer.ts'
import { DecisionMemory, evaluateAuthorizing } from '../../../api/cel/evaluate-authorizing.ts'
import { dynType } from '../../../api/cel/type.ts'
import { CelError, LazyObject } from '../../../api/cel/value.ts'
import type { KubeObject } from '../../../api/object.ts'
import { type Attributes, type Authorizer, authorize, readSelectors } from '../../authorization/authorizer.ts'
import { toServiceAccountUser, type UserInfo } from '../../user.ts'
import type { AdmissionRequest } from '../admission.ts'
import { describeRequest, namespaceOf, type Seen } from '../webhooks/review.ts'
import type { Expression, Policy } from './compile.ts'

/** Of all expressions of one policy for one parameter. */
const budgetPerPolicy = 10_000_000
/** Of its match conditions alone. */
const budgetOfConditions = perCallCostLimit * 2.5

/** After how much of it other requests have their turn: some milliseconds. */
const costBetweenTurns = 100_000

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

/** Asks the server's authorizers, once for each question of a request. */
export const createDecisions = (authorizers: readonly Authorizer[], user: UserInfo): DecisionMemory =>
  new DecisionMemory(async (question): Promise<AuthorizationDecision> => {
    try {
      const { allowed, reason } = await authorize(authorizers, toAttributes(user, question))
      return { allowed, reason }
    } catch (error) {
      return { allowed: false, reason: '', error: error instanceof Error ? error.message : String(error) }
    }
  })

const toAttributes = (
  user: UserInfo,
  { serviceAccount, verb, path, group = '', resource = '', subresource = '', namespace = '', name = '', fieldSelector, labelSelector }: AuthorizationQuestion,
): Attributes => ({
  user: serviceAccount ? toServiceAccountUser(serviceAccount.namespace, serviceAccount.name) : user,
  verb,
  isResource: path === undefined,
  group,
  version: path === undefined ? '*' : '',
  resource,
  subresource,
  namespace,
  name,
  path: path ?? '',
  ...readSelectors(fieldSelector, labelSelector),
})

/** What namespaceObject shows of a namespace. */
const toNamespaceObject = (namespace: KubeObject | undefined): CelValue => {
  if (!namespace) return null
  const { uid, ...metadata } = namespace.metadata
  const { spec, status } = namespace as { spec?: unknown; status?: unknown }
  // Declared with types, but held as JSON, as upstream: a time is a string.
  return adapt({ metadata: { ...metadata, ...(uid !== undefined && { UID: uid }) }, spec, status }, dynType)
}

export type Outcome = { readonly ok: true; readonly value: CelValue } | { readonly ok: false; readonly message: string; readonly outOfBudget: boolean }

/** What the expressions of a policy have beside the request; webhooks have neither. */
export type Parameters = Pick<Policy, 'paramKind' | 'variables' | 'variablesType'>

/** One policy with one parameter on one request: evaluates its expressions, on one budget, with its variables computed once. */
export class Activation {
  readonly #bindings: Bindings
  readonly #decisions: DecisionMemory
  #budget = budgetPerPolicy
  #variableCost = 0
  #costSinceTurn = 0

  constructor(
    policy: Parameters,
    request: AdmissionRequest,
    seen: Seen,
    param: KubeObject | null,
    namespace: KubeObject | undefined,
    decisions: DecisionMemory,
  ) {
    this.#decisions = decisions
    const { resource, subresource, name } = request
    const bindings: Record<string, unknown> = {
      object: seen.object ?? null,
      oldObject: seen.old ?? null,
      request: describeRequest(request, seen.resource),
      namespaceObject: toNamespaceObject(namespace),
      authorizer: createAuthorizerValue(decisions.known),
      'authorizer.requestResource': createResourceCheck(decisions.known, {
        group: resource.group,
        resource: resource.plural,
        subresource,
        namespace: namespaceOf(request),
        name,
      }),
      ...(policy.paramKind && { params: param }),
    }
    bindings['variables'] = new LazyObject(policy.variablesType, variable => this.#variable(policy, variable, bindings))
    this.#bindings = bindings
  }

  #variable(policy: Parameters, name: string, bindings: Bindings): CelValue | undefined {
    const expression = policy.variables.get(name)
    if (!expression) return undefined
    const result = expression.program?.evaluate(bindings)
    if (!result) return new CelError(`composited variable ${JSON.stringify(name)} fails to compile: ${expression.failed}`)
    this.#variableCost += result.cost
    if (result.ok) return result.value
    if (result.error.kind === 'pending') throw new AuthorizationPending(result.error.question)
    return new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${result.error.message}`)
  }

  async evaluate({ text, program, failed }: Expression): Promise<Outcome> {
    if (!program) return { ok: false, message: failed, outOfBudget: false }
    const result = await evaluateAuthorizing(program, this.#bindings, this.#decisions)
    const cost = result.cost + this.#variableCost
    this.#variableCost = 0
    this.#budget -= cost
    await this.#giveWay(cost)
    if (this.#budget < 0) return { ok: false, message: outOfBudget, outOfBudget: true }
    return result.ok ? { ok: true, value: result.value } : { ok: false, message: describe(text, result.error), outOfBudget: false }
  }

  async #giveWay(cost: number): Promise<void> {
    this.#costSinceTurn += cost
    if (this.#costSinceTurn < costBetweenTurns) return
    this.#costSinceTurn = 0
    await setImmediate()
  }

  /** Whether all conditions hold: a false one decides, an error only when none is. */
  async matches(conditions: readonly Expression[]): Promise<boolean | { readonly error: string }> {
    const before = this.#budget
    let error: string | undefined
    for (const condition of conditions) {
      const outcome = await this.evaluate(condition)
      if (outcome.ok && outcome.value === false) return false
      if (!outcome.ok) error ??= outcome.message
      if (before - this.#budget > budgetOfConditions) return { error: outOfBudget }
    }
    this.#budget = before
    return error === undefined ? true : { error }
  }
}

const describe = (text: string, error: EvaluationFailure): string => `expression '${text}' resulted in error: ${error.message}`
