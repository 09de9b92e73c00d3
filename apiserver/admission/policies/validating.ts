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
  /** Which validation of the policy it is. */
  readonly index?: number
}

interface Verdict {
  readonly denials: readonly Denial[]
  /** For the audit log, by the policy's keys. */
  readonly notes: readonly (readonly [key: string, value: string])[]
}

/** What happened in one request, over all policies. */
interface Report {
  denied(policy: ValidatingPolicy, binding: Binding | undefined, denial: Denial): void
  noted(policy: ValidatingPolicy, key: string, value: string): void
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

const judge = async (activation: Activation, policy: ValidatingPolicy): Promise<Verdict> => {
  const failed = (message: string): Denial[] => (policy.failsOpen ? [] : [{ message, reason: 'Invalid' }])
  const matches = await activation.matches(policy.conditions)
  if (typeof matches !== 'boolean') return { denials: failed(matches.error), notes: [] }
  if (!matches) return { denials: [], notes: [] }
  const denials: Denial[] = []
  for (const [index, validation] of policy.validations.entries()) {
    const outcome = await activation.evaluate(validation.expression)
    // The whole verdict is the budget's then.
    if (!outcome.ok && outcome.outOfBudget) return { denials: failed(outcome.message), notes: [] }
    if (!outcome.ok) denials.push(...failed(outcome.message).map(denial => ({ ...denial, index })))
    else if (outcome.value !== true) {
      const { message, expression, reason } = validation
      const told = (await evaluatedMessage(activation, validation)) || message.trim() || `failed expression: ${expression.text.trim()}`
      denials.push({ message: told, reason, index })
    }
  }
  const notes: (readonly [string, string])[] = []
  for (const { key, value } of policy.auditAnnotations) {
    const outcome = await activation.evaluate(value)
    if (!outcome.ok) denials.push(...failed(outcome.message))
    else if (typeof outcome.value === 'string' && outcome.value.trim()) notes.push([key, cut(outcome.value.trim())])
  }
  return { denials, notes }
}

const maxNoteBytes = 10 * 1024
const cut = (text: string): string => (Buffer.byteLength(text) > maxNoteBytes ? Buffer.from(text).subarray(0, maxNoteBytes).toString() : text)

/** Gathers what goes to the audit log: values of all bindings by key, and the failures that ask to be audited. */
const createNotes = (request: AdmissionRequest): { note(key: string, value: string): void; fail(failure: object): void; write(): void } => {
  const notes = new Map<string, Set<string>>()
  const failures: object[] = []
  return {
    note: (key, value) => {
      notes.set(key, (notes.get(key) ?? new Set()).add(value))
    },
    fail: failure => {
      failures.push(failure)
    },
    write: () => {
      for (const [key, values] of notes) request.annotate?.(key, [...values].join(', '))
      if (failures.length) request.annotate?.('validation.policy.admission.k8s.io/validation_failure', JSON.stringify(failures))
    },
  }
}

export const validatingPolicies = (deps: AdmissionDeps): AdmissionPlugin => {
  const { store, table, authorizers } = deps
  const active = createActivePolicies(deps, { policies: 'validatingadmissionpolicies', bindings: 'validatingadmissionpolicybindings' }, compileValidatingPolicy)
  const matcher = createPolicyMatcher(store, table)
  const params = createParams(store, table)

  const deny = (request: AdmissionRequest, message: string, reason: string): Error => {
    const error = refuse(request, message)
    const { details } = error.status
    Object.assign(error.status, { code: codes[reason] ?? 422, reason: reason as StatusReason, details: { ...details, causes: [{ message }] } })
    return error
  }

  const evaluate = async (request: AdmissionRequest, report: Report): Promise<void> => {
    const view = createView(table, request)
    const decisions = createDecisions(authorizers, request.user)
    for (const { policy, bindings } of await active()) {
      const version = await matcher.match(policy.criteria, request)
      if (!version) continue
      const misconfigured = (binding: Binding | undefined, error: unknown): void => {
        if (!(error instanceof ConfigurationError)) throw error
        const message = `failed to configure ${binding ? 'binding' : 'policy'}: ${error.message}`
        if (!policy.failsOpen) report.denied(policy, binding, { message, reason: 'Invalid' })
      }
      try {
        const paramKind = params.served(policy.paramKind)
        for (const binding of bindings) {
          if (!(await matcher.match(binding.criteria, request))) continue
          try {
            for (const param of await params.collect(paramKind, binding, request.namespace)) {
              const activation = new Activation(policy, request, await view(version), param, await matcher.namespaceOf(request), decisions)
              const { denials, notes } = await judge(activation, policy)
              for (const denial of denials) report.denied(policy, binding, denial)
              for (const [key, value] of notes) report.noted(policy, key, value)
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
      const notes = createNotes(request)
      await evaluate(request, {
        noted: (policy, key, value) => notes.note(`${policy.name}/${key}`, value),
        denied: (policy, binding, { message, reason, index = 0 }) => {
          const actions = binding?.actions ?? ['Deny']
          const who = named(policy.name, binding?.name)
          if (actions.includes('Warn')) request.warn(`Validation failed for ${who}: ${message}`)
          if (actions.includes('Audit'))
            notes.fail({ message, policy: policy.name, binding: binding?.name ?? '', expressionIndex: index, validationActions: actions })
          if (actions.includes('Deny')) refusal ??= deny(request, `${who} denied request: ${message}`, reason)
        },
      })
      notes.write()
      if (refusal) throw refusal
    },
  }
}
