// MutatingAdmissionPolicy: policy after policy, binding after binding, each mutation sees what those before it made. Those that ask for it
// (IfNeeded) run once more when others changed the object after them.
import type { KubeObject } from '../../../api/object.ts'
import type { StatusReason } from '../../../api/status.ts'
import { decodeMutated } from '../../verbs/decode.ts'
import { sameValue } from '../../verbs/metadata.ts'
import { type AdmissionPlugin, type AdmissionRequest, replaceContents, type Round } from '../admission.ts'
import { refuse } from '../refuse.ts'
import type { AdmissionDeps } from '../registry.ts'
import { takeTurns } from '../reinvocation.ts'
import { convert } from '../webhooks/dispatch.ts'
import type { Seen } from '../webhooks/review.ts'
import { Activation, createDecisions } from './activation.ts'
import { createActivePolicies } from './active-policies.ts'
import { type Binding, compileMutatingPolicy, type MutatingPolicy } from './compile.ts'
import { createPolicyMatcher, isExempt } from './matching.ts'
import { ConfigurationError, createParams } from './params.ts'
import { applyConfigurationTo, applyOperationsTo } from './patch.ts'
import { createView, servedOf } from './seen.ts'

/** One policy with one binding and one parameter. */
interface Invocation {
  readonly key: string
  readonly policy: MutatingPolicy
  readonly binding: Binding
  readonly version: Seen['resource']
  readonly param: KubeObject | null
}

/** Why a policy failed, which counts unless it fails open. */
interface Fault {
  readonly policy: MutatingPolicy
  readonly binding: Binding | undefined
  readonly message: string
  readonly reason: StatusReason
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const toRefusal = (request: AdmissionRequest, faults: readonly Fault[]): Error => {
  const messages = faults.map(({ policy, binding, message }) =>
    binding
      ? `policy '${policy.name}' with binding '${binding.name}' denied request: ${message}`
      : `policy ${JSON.stringify(policy.name)} denied request: ${message}`,
  )
  const error = refuse(request, messages[0] ?? '')
  // A 403 whatever the reason, as upstream has it.
  Object.assign(error.status, {
    message: messages[0],
    reason: faults[0]?.reason,
    details: { ...error.status.details, causes: messages.map(message => ({ message })) },
  })
  return error
}

export const mutatingPolicies = (deps: AdmissionDeps): AdmissionPlugin => {
  const { store, table, authorizers } = deps
  const active = createActivePolicies(deps, { policies: 'mutatingadmissionpolicies', bindings: 'mutatingadmissionpolicybindings' }, compileMutatingPolicy)
  const matcher = createPolicyMatcher(store, table)
  const params = createParams(store, table)

  const collect = async (request: AdmissionRequest, faults: Fault[]): Promise<readonly Invocation[]> => {
    const invocations: Invocation[] = []
    for (const { policy, bindings } of await active()) {
      const version = await matcher.match(policy.criteria, request)
      if (!version) continue
      const misconfigured = (binding: Binding | undefined, error: unknown): void => {
        if (!(error instanceof ConfigurationError)) throw error
        faults.push({ policy, binding, message: `failed to configure ${binding ? 'binding' : 'policy'}: ${error.message}`, reason: 'Forbidden' })
      }
      try {
        const paramKind = params.served(policy.paramKind)
        for (const binding of bindings) {
          if (!(await matcher.match(binding.criteria, request))) continue
          try {
            for (const param of await params.collect(paramKind, binding, request.namespace)) {
              const key = JSON.stringify([policy.name, binding.name, param?.metadata.namespace, param?.metadata.name])
              invocations.push({ key, policy, binding, version, param })
            }
          } catch (error) {
            misconfigured(binding, error)
          }
        }
      } catch (error) {
        misconfigured(undefined, error)
      }
    }
    return invocations
  }

  /** Works what the mutation makes into the request's object. */
  const replace = async (request: AdmissionRequest, { resource }: Seen, value: unknown): Promise<void> => {
    const { object } = request
    if (!object) return
    const mutated = decodeMutated(resource, value)
    resource.default?.(mutated)
    replaceContents(object, request.kind ? mutated : await convert(mutated, servedOf(table, resource), servedOf(table, request.resource)))
  }

  const mutate = async (
    request: AdmissionRequest,
    invocation: Invocation,
    namespace: KubeObject | undefined,
    decisions: ReturnType<typeof createDecisions>,
  ): Promise<void> => {
    const { policy, version, param } = invocation
    for (const { isJsonPatch, expression } of policy.mutations) {
      const seen = await createView(table, request)(version)
      if (!seen.object) return
      const outcome = await new Activation(policy, request, seen, param, namespace, decisions).evaluate(expression)
      if (!outcome.ok) throw new Error(outcome.message)
      const result = isJsonPatch ? applyOperationsTo(seen.object, outcome.value) : applyConfigurationTo(seen.resource, seen.object, outcome.value)
      if (result !== undefined) await replace(request, seen, result)
    }
  }

  const admit = async (request: AdmissionRequest, round: Round): Promise<void> => {
    if (isExempt(request.resource) || !(await active()).length) return
    const turns = takeTurns(request, round, active)
    const faults: Fault[] = []
    const invocations = await collect(request, faults)
    const namespace = await matcher.namespaceOf(request)
    const decisions = createDecisions(authorizers, request.user)
    for (const invocation of invocations) {
      const { key, policy, binding, version, param } = invocation
      const fault = (message: string): void => {
        faults.push({ policy, binding, message, reason: 'Invalid' })
      }
      const matches = await new Activation(policy, request, await createView(table, request)(version), param, namespace, decisions).matches(policy.conditions)
      if (typeof matches !== 'boolean') fault(matches.error)
      if (matches !== true) continue
      if (!turns.isDue(key)) continue
      const before = structuredClone(request.object)
      try {
        await mutate(request, invocation, namespace, decisions)
      } catch (error) {
        fault(textOf(error))
      }
      if (!sameValue(before, request.object)) turns.changed()
      if (policy.reinvoked) turns.called(key)
    }
    turns.end()
    const counting = faults.filter(({ policy }) => !policy.failsOpen)
    if (counting.length) throw toRefusal(request, counting)
  }

  return { name: 'MutatingAdmissionPolicy', admit }
}
