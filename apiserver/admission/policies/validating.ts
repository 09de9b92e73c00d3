// ValidatingAdmissionPolicy: every policy in force that a request concerns is evaluated, with every parameter of every binding; the first
// denial is the answer. Messages are upstream's: people and clients read them.
import { type StatusReason } from '../../../api/status.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts'
import { refuse } from '../refuse.ts'
import type { AdmissionDeps } from '../registry.ts'
import { createActivePolicies } from './active-policies.ts'
import { Activation, createDecisions } from './activation.ts'
import { type Binding, compileValidatingPolicy, type ValidatingPolicy, type Validation } from './compile.ts'
import { createPolicyMatcher, isExempt } from './matching.ts'
import { ConfigurationError, createParams } from './params.ts'
import { createView } from './seen.ts'

/** Why a policy says no. */
interface Denial {
  readonly message: string
  readonly reason: string
}

const codes: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 }
const maxMessageBytes = 5 * 1024

const named = (policy: string, binding: string | undefined): string =>
  `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`}`

/** A message that is too long or has lines is none. */
const evaluatedMessage = async (activation: Activation, { messageExpression }: Validation): Promise<string> => {
  if (!messageExpression) return ''
  const outcome = await activation.evaluate(messageExpression)
  if (!outcome.ok || typeof outcome.value !== 'string') return ''
  const text = outcome.value.trim()
  return text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? '' : text
}

const judge = async (activation: Activation, policy: ValidatingPolicy): Promise<readonly Denial[]> => {
  const failed = (message: string): Denial[] => (policy.failsOpen ? [] : [{ message, reason: 'Invalid' }])
  const matches = await activation.matches(policy.conditions)
  if (typeof matches !== 'boolean') return failed(matches.error)
  if (!matches) return []
  const denials: Denial[] = []
  for (const validation of policy.validations) {
    const outcome = await activation.evaluate(validation.expression)
    // The whole verdict is the budget's then.
    if (!outcome.ok && outcome.outOfBudget) return failed(outcome.message)
    if (!outcome.ok) denials.push(...failed(outcome.message))
    else if (outcome.value !== true) {
      const { message, expression, reason } = validation
      denials.push({ message: (await evaluatedMessage(activation, validation)) || message.trim() || `failed expression: ${expression.text.trim()}`, reason })
    }
  }
  for (const { value } of policy.auditAnnotations) {
    const outcome = await activation.evaluate(value)
    if (!outcome.ok) denials.push(...failed(outcome.message))
  }
  return denials
}

export const validatingPolicies = ({ store, table, authorizers }: AdmissionDeps): AdmissionPlugin => {
  const active = createActivePolicies(
    { store, table },
    { policies: 'validatingadmissionpolicies', bindings: 'validatingadmissionpolicybindings' },
    compileValidatingPolicy,
  )
  const matcher = createPolicyMatcher(store, table)
  const params = createParams(store, table)

  const deny = (request: AdmissionRequest, message: string, reason: string): Error => {
    const error = refuse(request, message)
    const { details } = error.status
    Object.assign(error.status, { code: codes[reason] ?? 422, reason: reason as StatusReason, details: { ...details, causes: [{ message }] } })
    return error
  }

  const evaluate = async (
    request: AdmissionRequest,
    report: (policy: ValidatingPolicy, binding: Binding | undefined, denial: Denial) => void,
  ): Promise<void> => {
    const view = createView(table, request)
    const decisions = createDecisions(authorizers, request.user)
    for (const { policy, bindings } of await active()) {
      const version = await matcher.match(policy.criteria, request)
      if (!version) continue
      const misconfigured = (binding: Binding | undefined, error: unknown): void => {
        if (!(error instanceof ConfigurationError)) throw error
        const message = `failed to configure ${binding ? 'binding' : 'policy'}: ${error.message}`
        if (!policy.failsOpen) report(policy, binding, { message, reason: 'Invalid' })
      }
      try {
        const paramKind = params.served(policy.paramKind)
        for (const binding of bindings) {
          if (!(await matcher.match(binding.criteria, request))) continue
          try {
            for (const param of await params.collect(paramKind, binding, request.namespace)) {
              const activation = new Activation(policy, request, await view(version), param, await matcher.namespaceOf(request), decisions)
              for (const denial of await judge(activation, policy)) report(policy, binding, denial)
            }
          } catch (error) {
            misconfigured(binding, error)
          }
        }
      } catch (error) {
        misconfigured(undefined, error)
      }
    }
  }

  return {
    name: 'ValidatingAdmissionPolicy',
    validate: async request => {
      if (isExempt(request.resource) || !(await active()).length) return
      let refusal: Error | undefined
      await evaluate(request, (policy, binding, { message, reason }) => {
        const actions = binding?.actions ?? ['Deny']
        const who = named(policy.name, binding?.name)
        if (actions.includes('Warn')) request.warn(`Validation failed for ${who}: ${message}`)
        if (actions.includes('Deny')) refusal ??= deny(request, `${who} denied request: ${message}`, reason)
      })
      if (refusal) throw refusal
    },
  }
}
