// What the workloads share: selectors that select their own pods, counts that are not negative, shares of a rollout.
import { forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { PodTemplateSpec } from '../types/core-v1.ts'
import type { LabelSelector } from '../types/meta-v1.ts'
import { addInvalid, addNonNegative, type Errors } from './collect.ts'
import { isEmptySelector, validateLabelSelector } from './labels.ts'
import type { Loose } from './loose.ts'
import { isPercent } from './names.ts'
import { validatePodTemplate } from './pod/template.ts'

/** Required, readable, not empty, and met by the template's labels. */
export const validateSelectorAndTemplate = (
  errors: Errors,
  path: string,
  selector: Loose<LabelSelector> | undefined,
  template: Loose<PodTemplateSpec> | undefined,
): void => {
  const at = `${path}.selector`
  if (!selector) errors.push(required(at))
  else {
    validateLabelSelector(errors, at, selector)
    if (isEmptySelector(selector)) errors.push(invalidValue(at, selector, 'an empty selector is not allowed'))
  }
  validateTemplateOf(errors, `${path}.template`, selector, template)
}

const parses = (selector: Loose<LabelSelector>): boolean => {
  const faults: Errors = []
  validateLabelSelector(faults, '', selector)
  return faults.length === 0
}

/** What a selector that cannot be read leads to: a fault that stands alone, one beside the template's, or none because nobody reads it. */
type Unreadable = 'alone' | 'beside' | 'unjudged'

/** The template and what long-running workloads demand of it. */
export const validateTemplateOf = (
  errors: Errors,
  path: string,
  selector: Loose<LabelSelector> | undefined,
  template: Loose<PodTemplateSpec> | undefined,
  unreadable: Unreadable = 'alone',
): void => {
  if (!template) {
    errors.push(required(path))
    return
  }
  const labels = (template.metadata?.labels ?? {}) as Record<string, string>
  const readable = !selector || unreadable === 'unjudged' || parses(selector)
  if (!readable && unreadable === 'alone') {
    errors.push(invalidValue(path.replace(/\.template$/, '.selector'), selector, 'invalid label selector'))
    return
  }
  // No selector selects nothing, an empty one everything.
  if (readable && (!selector || (!isEmptySelector(selector) && !matchesLabelSelector(selector as LabelSelector, labels)))) {
    errors.push(invalidValue(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`'))
  }
  validatePodTemplate(errors, path, template)
  if (template.spec?.restartPolicy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, template.spec?.restartPolicy ?? '', ['Always']))
  if (template.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbiddenField(`${path}.spec.activeDeadlineSeconds`, `not supported in a long-running workload`))
}

export type Share = number | string | undefined
/** A number or a percentage. */
export const validateShare = (errors: Errors, path: string, share: Share): void => {
  if (typeof share === 'string') addInvalid(errors, path, share, isPercent(share))
  else addNonNegative(errors, path, share ?? 0)
}
export const percentOf = (share: Share): number | undefined =>
  typeof share === 'string' && isPercent(share).length === 0 ? Number(share.slice(0, -1)) : undefined
/** Zero, or zero percent; what cannot be read counts as zero. */
export const shareValue = (share: Share): number => (typeof share === 'string' ? (percentOf(share) ?? 0) : (share ?? 0))
export const validateAtMostAll = (errors: Errors, path: string, share: Share): void => {
  const percent = percentOf(share)
  if (percent !== undefined && percent > 100) errors.push(invalidValue(path, share, 'must not be greater than 100%'))
}

export const addCounts = (errors: Errors, path: string, object: Record<string, unknown>, keys: readonly string[]): void => {
  for (const key of keys) addNonNegative(errors, `${path}.${key}`, object[key] as number | undefined)
}

/** Collisions only add up: a status that is older than the stored one must not win. */
export const addNotDecremented = (errors: Errors, path: string, now: number | undefined, was: number | undefined): void => {
  if (was !== undefined && (now ?? -1) < was) errors.push(invalidValue(path, now ?? 0, 'cannot be decremented'))
}

/** Numbers of replicas that contradict each other. */
export const addReplicaOrder = (errors: Errors, path: string, status: Record<string, unknown>, pairs: readonly (readonly [string, string])[]): void => {
  for (const [less, more] of pairs) {
    const [a, b] = [(status[less] as number | undefined) ?? 0, (status[more] as number | undefined) ?? 0]
    if (a > b) errors.push(invalidValue(`${path}.${less}`, a, `cannot be greater than ${more}`))
  }
}
