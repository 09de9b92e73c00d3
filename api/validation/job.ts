// Jobs, and what a CronJob says of them.
import { duplicate, invalidValue, notSupported, required, tooLong, tooMany } from '../field-error.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { JobSpec, PodFailurePolicy, PodFailurePolicyRule, SuccessPolicy } from '../types/batch-v1.ts'
import type { LabelSelector } from '../types/meta-v1.ts'
import { addInvalid, addNonNegative, addSupported, type Errors } from './collect.ts'
import { countIndexes } from './job-indexes.ts'
import { validateLabelSelector } from './labels.ts'
import type { Loose } from './loose.ts'
import { isDns1123Subdomain, isQualifiedName } from './names.ts'
import { validatePodTemplate } from './pod/template.ts'
import { addCounts } from './workload.ts'

type Spec = Loose<JobSpec>
/** Of an Indexed Job. */
const maxParallelism = 100_000
const maxFailedIndexes = 100_000
/** Beyond so many completions, what counts failures by index has tighter limits. */
const manyCompletions = 100_000
const maxForManyCompletions = 10_000
const maxSucceededIndexesLength = 64 * 1024

const validateManagedBy = (errors: Errors, path: string, name: string): void => {
  const slash = name.indexOf('/')
  if (slash < 0 || slash === name.length - 1 || slash === 0) errors.push(invalidValue(path, name, 'must be a domain and a path, joined by "/"'))
  else {
    addInvalid(errors, path, name.slice(0, slash), isDns1123Subdomain(name.slice(0, slash)))
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(name.slice(slash + 1))) errors.push(invalidValue(path, name.slice(slash + 1), 'invalid path'))
  }
  if (name.length > 63) errors.push({ field: path, reason: 'FieldValueTooLong', detail: 'may not be more than 63 bytes' })
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']

const validateFailureRule = (errors: Errors, path: string, rule: Loose<PodFailurePolicyRule>, spec: Spec, names: ReadonlySet<string>): void => {
  if (!rule.action) errors.push(required(`${path}.action`))
  else if (rule.action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) errors.push(invalidValue(`${path}.action`, rule.action, 'needs backoffLimitPerIndex'))
  } else if (!actions.includes(rule.action)) errors.push(notSupported(`${path}.action`, rule.action, actions))
  const codes = rule.onExitCodes
  if (codes) {
    const at = `${path}.onExitCodes`
    const values = codes.values ?? []
    if (!codes.operator) errors.push(required(`${at}.operator`))
    else addSupported(errors, `${at}.operator`, codes.operator, ['In', 'NotIn'])
    if (codes.containerName !== undefined && !names.has(codes.containerName))
      errors.push(invalidValue(`${at}.containerName`, codes.containerName, 'must be a container or init container of the template'))
    if (values.length === 0) errors.push(invalidValue(`${at}.values`, values, 'at least one value is required'))
    else if (values.length > 255) errors.push(tooMany(`${at}.values`, values.length, 255))
    values.forEach((value, i) => {
      if (codes.operator === 'In' && value === 0) errors.push(invalidValue(`${at}.values[${i}]`, value, 'must not be 0 for the In operator'))
      if (values.indexOf(value) < i) errors.push(duplicate(`${at}.values[${i}]`, value))
    })
    if (values.some((value, i) => value < (values[i - 1] ?? value))) errors.push(invalidValue(`${at}.values`, values, 'must be ordered'))
  }
  if ((rule.onPodConditions?.length ?? 0) > 20) errors.push(tooMany(`${path}.onPodConditions`, rule.onPodConditions?.length ?? 0, 20))
  rule.onPodConditions?.forEach((pattern, i) => {
    const at = `${path}.onPodConditions[${i}]`
    addInvalid(errors, `${at}.type`, pattern.type, isQualifiedName(pattern.type ?? ''))
    if (!pattern.status) errors.push(required(`${at}.status`))
    else addSupported(errors, `${at}.status`, pattern.status, ['False', 'True', 'Unknown'])
  })
  const count = (codes ? 1 : 0) + (rule.onPodConditions?.length ? 1 : 0)
  if (count > 1) errors.push(invalidValue(path, rule, 'onExitCodes and onPodConditions exclude each other'))
  if (count === 0) errors.push(invalidValue(path, rule, 'one of onExitCodes and onPodConditions is required'))
}

const validateFailurePolicy = (errors: Errors, path: string, policy: Loose<PodFailurePolicy>, spec: Spec): void => {
  const rules = policy.rules ?? []
  if (rules.length > 20) errors.push(tooMany(`${path}.rules`, rules.length, 20))
  const names = new Set([...(spec.template?.spec?.containers ?? []), ...(spec.template?.spec?.initContainers ?? [])].map(c => c.name ?? ''))
  rules.forEach((rule, i) => validateFailureRule(errors, `${path}.rules[${i}]`, rule, spec, names))
}

const validateSuccessPolicy = (errors: Errors, path: string, policy: Loose<SuccessPolicy>, spec: Spec): void => {
  const rules = policy.rules ?? []
  const completions = spec.completions ?? 0
  if (rules.length === 0) errors.push(required(`${path}.rules`, 'at least one rule is required'))
  if (rules.length > 20) errors.push(tooMany(`${path}.rules`, rules.length, 20))
  rules.forEach((rule, i) => {
    const at = `${path}.rules[${i}]`
    const { succeededCount: wanted, succeededIndexes: text } = rule
    if (wanted === undefined && text === undefined) errors.push(required(at, 'succeededCount or succeededIndexes is required'))
    let indexes: number | undefined
    if (text !== undefined) {
      if (text.length > maxSucceededIndexesLength) errors.push(tooLong(`${at}.succeededIndexes`, maxSucceededIndexesLength))
      const count = countIndexes(text, completions)
      indexes = typeof count === 'string' ? 0 : count
      if (typeof count === 'string') errors.push(invalidValue(`${at}.succeededIndexes`, text, count))
    }
    if (wanted === undefined) return
    addNonNegative(errors, `${at}.succeededCount`, wanted)
    if (wanted > completions) errors.push(invalidValue(`${at}.succeededCount`, wanted, `must be at most ${completions} (completions)`))
    if (indexes !== undefined && wanted > indexes) errors.push(invalidValue(`${at}.succeededCount`, wanted, `must be at most ${indexes} (succeededIndexes)`))
  })
}

const atMost = (errors: Errors, path: string, value: number | undefined, limit: number, when: string): void => {
  if ((value ?? 0) > limit) errors.push(invalidValue(path, value, `must be at most ${limit} ${when}`))
}

const validateIndexed = (errors: Errors, path: string, spec: Spec): void => {
  const { completions, parallelism, maxFailedIndexes: failures } = spec
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  atMost(errors, `${path}.parallelism`, parallelism, maxParallelism, 'when completion mode is Indexed')
  if (completions !== undefined) atMost(errors, `${path}.maxFailedIndexes`, failures, completions, '(completions)')
  atMost(errors, `${path}.maxFailedIndexes`, failures, maxFailedIndexes, '')
  if ((completions ?? 0) > manyCompletions && spec.backoffLimitPerIndex !== undefined) {
    const when = `when completions are above ${manyCompletions} and failures count by index`
    if (failures === undefined) errors.push(required(`${path}.maxFailedIndexes`, when))
    atMost(errors, `${path}.parallelism`, parallelism, maxForManyCompletions, when)
    atMost(errors, `${path}.maxFailedIndexes`, failures, maxForManyCompletions, when)
  }
  if (spec.successPolicy) validateSuccessPolicy(errors, `${path}.successPolicy`, spec.successPolicy, spec)
}

const validateNotIndexed = (errors: Errors, path: string, spec: Spec, mode: string): void => {
  const needIndexes = mode === 'NonIndexed' ? (['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'] as const) : (['successPolicy'] as const)
  for (const key of needIndexes) if (spec[key] !== undefined) errors.push(invalidValue(`${path}.${key}`, spec[key], 'needs completion mode Indexed'))
}

/** Everything but the selector, which a CronJob does not have. */
export const validateJobSpec = (errors: Errors, path: string, spec: Spec): void => {
  addCounts(errors, path, spec, [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'maxFailedIndexes',
    'backoffLimitPerIndex',
  ])
  if (spec.managedBy !== undefined) validateManagedBy(errors, `${path}.managedBy`, spec.managedBy)
  const mode = spec.completionMode ?? 'NonIndexed'
  addSupported(errors, `${path}.completionMode`, mode, ['Indexed', 'NonIndexed'])
  if (mode === 'Indexed') validateIndexed(errors, path, spec)
  else validateNotIndexed(errors, path, spec, mode)
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  if (spec.podFailurePolicy) validateFailurePolicy(errors, `${path}.podFailurePolicy`, spec.podFailurePolicy, spec)
  const replacement = spec.podReplacementPolicy
  if (replacement !== undefined)
    addSupported(errors, `${path}.podReplacementPolicy`, replacement, spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'])
  validatePodTemplate(errors, `${path}.template`, spec.template ?? {})
  const restart = spec.template?.spec?.restartPolicy
  if (!restart || restart === 'Always') errors.push(required(`${path}.template.spec.restartPolicy`, 'must be OnFailure or Never'))
  else if (restart === 'OnFailure' && spec.podFailurePolicy)
    errors.push(invalidValue(`${path}.template.spec.restartPolicy`, restart, 'must be Never with a podFailurePolicy'))
  else addSupported(errors, `${path}.template.spec.restartPolicy`, restart, ['Never', 'OnFailure'])
}

const labels = (spec: Spec): Record<string, string> => (spec.template?.metadata?.labels ?? {}) as Record<string, string>

export const validateJobSelector = (errors: Errors, path: string, spec: Spec): void => {
  if (!spec.selector) {
    errors.push(required(`${path}.selector`))
    errors.push(invalidValue(`${path}.template.metadata.labels`, labels(spec), '`selector` does not match template `labels`'))
  } else validateLabelSelector(errors, `${path}.selector`, spec.selector)
  if (spec.selector && errors.every(e => !e.field.startsWith(`${path}.selector`)) && !matchesLabelSelector(spec.selector as LabelSelector, labels(spec)))
    errors.push(invalidValue(`${path}.template.metadata.labels`, labels(spec), '`selector` does not match template `labels`'))
}

/** A job that makes its own selector gives its pods its uid. */
export const validateGeneratedSelector = (errors: Errors, spec: Spec, uid: string, name: string): void => {
  if (spec.manualSelector) return
  const own = labels(spec)
  for (const [key, value] of [
    ['controller-uid', uid],
    ['job-name', name],
    ['batch.kubernetes.io/controller-uid', uid],
    ['batch.kubernetes.io/job-name', name],
  ] as const) {
    if (own[key] === undefined) errors.push(required(`spec.template.metadata.labels[${key}]`))
    else if (own[key] !== value) errors.push(invalidValue(`spec.template.metadata.labels[${key}]`, own, `must be ${value}`))
  }
}
