// The status of a Job as a change: since controllers other than the built-in one may write it (spec.managedBy), what contradicts itself
// or takes back an end is refused. A rule is asked only where one of its fields changed, so that a status that already breaks one, or
// that a change of the spec just broke, can still be mended step by step.
import { duplicate, invalidValue, required } from '../field-error.ts'
import type { Job, JobSpec, JobStatus } from '../types/batch-v1.ts'
import type { Errors } from './collect.ts'
import { semanticEqual } from './equality.ts'
import { commonIndex, countIndexes } from './job-indexes.ts'
import type { Loose } from './loose.ts'
import { addCounts } from './workload.ts'

type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended'

/** A status and what its conditions say. */
class View {
  readonly status: Loose<JobStatus>
  readonly complete: boolean
  readonly failed: boolean
  readonly failureTarget: boolean
  readonly successCriteriaMet: boolean
  readonly finished: boolean
  constructor(status: Loose<JobStatus>) {
    this.status = status
    this.complete = this.is('Complete')
    this.failed = this.is('Failed')
    this.failureTarget = this.is('FailureTarget')
    this.successCriteriaMet = this.is('SuccessCriteriaMet')
    this.finished = this.complete || this.failed
  }
  is(type: ConditionType, status = 'True'): boolean {
    return this.status.conditions?.some(c => c.type === type && c.status === status) ?? false
  }
}

/** Names of what two views differ in. */
const changedBetween = (now: View, was: View) => {
  const differs = (key: keyof JobStatus): boolean => !semanticEqual(now.status[key], was.status[key])
  return {
    finished: now.finished !== was.finished,
    complete: now.complete !== was.complete,
    failed: now.failed !== was.failed,
    failureTarget: now.failureTarget !== was.failureTarget,
    successCriteriaMet: now.successCriteriaMet !== was.successCriteriaMet,
    completedIndexes: (now.status.completedIndexes ?? '') !== (was.status.completedIndexes ?? ''),
    failedIndexes: differs('failedIndexes'),
    active: (now.status.active ?? 0) !== (was.status.active ?? 0),
    ready: differs('ready'),
    terminating: differs('terminating'),
    startTime: differs('startTime'),
    completionTime: differs('completionTime'),
    uncounted: differs('uncountedTerminatedPods'),
  }
}
type Changed = ReturnType<typeof changedBetween>

const conditionsFault = (errors: Errors, detail: string): void => {
  errors.push(invalidValue('status.conditions', undefined, detail))
}

const validateUncounted = (errors: Errors, uncounted: Loose<JobStatus>['uncountedTerminatedPods']): void => {
  const seen = new Set<string>()
  for (const key of ['succeeded', 'failed'] as const)
    uncounted?.[key]?.forEach((uid, i) => {
      const path = `status.uncountedTerminatedPods.${key}[${i}]`
      if (!uid) errors.push(invalidValue(path, uid, 'must not be empty'))
      else if (seen.has(uid)) errors.push(duplicate(path, uid))
      else seen.add(uid)
    })
}

const validateConditions = (errors: Errors, now: View, changed: Changed, spec: Loose<JobSpec>): void => {
  if ((changed.complete || changed.failed) && now.complete && now.failed) conditionsFault(errors, 'Complete and Failed exclude each other')
  if ((changed.complete || changed.failureTarget) && now.complete && now.failureTarget) conditionsFault(errors, 'Complete and FailureTarget exclude each other')
  if ((changed.failed || changed.failedIndexes) && now.failed && !now.failureTarget) conditionsFault(errors, 'Failed needs FailureTarget')
  if ((changed.complete || changed.successCriteriaMet) && now.complete && !now.successCriteriaMet) conditionsFault(errors, 'Complete needs SuccessCriteriaMet')
  if (now.successCriteriaMet && now.failed) conditionsFault(errors, 'SuccessCriteriaMet and Failed exclude each other')
  if (now.successCriteriaMet && now.failureTarget) conditionsFault(errors, 'SuccessCriteriaMet and FailureTarget exclude each other')
  if (spec.successPolicy && now.complete && !now.successCriteriaMet) conditionsFault(errors, 'with a successPolicy, Complete needs SuccessCriteriaMet')
}

const validateTimes = (errors: Errors, now: View, changed: Changed, spec: Loose<JobSpec>): void => {
  const { startTime, completionTime } = now.status
  if (changed.complete || changed.completionTime) {
    if (completionTime && !now.complete) errors.push(invalidValue('status.completionTime', completionTime, 'needs the condition Complete'))
    if (!completionTime && now.complete) errors.push(required('status.completionTime', 'of a complete job'))
  }
  if ((changed.startTime || changed.completionTime) && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime))
    errors.push(invalidValue('status.completionTime', completionTime, 'may not lie before startTime'))
  const neverRan = spec.suspend === true && spec.completions === 0
  if ((changed.finished || changed.startTime) && !neverRan && !startTime && now.finished) errors.push(required('status.startTime', 'of a finished job'))
}

const validatePods = (errors: Errors, now: View, changed: Changed): void => {
  const { active = 0, ready, terminating, uncountedTerminatedPods: uncounted } = now.status
  if (now.finished) {
    if ((changed.finished || changed.active) && active > 0) errors.push(invalidValue('status.active', active, 'a finished job has no active pods'))
    if ((changed.finished || changed.terminating) && (terminating ?? 0) > 0)
      errors.push(invalidValue('status.terminating', terminating, 'a finished job has no terminating pods'))
    if ((changed.finished || changed.uncounted) && (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0)
      errors.push(invalidValue('status.uncountedTerminatedPods', uncounted, 'a finished job has counted its pods'))
  }
  if ((changed.ready || changed.active) && ready !== undefined && ready > active)
    errors.push(invalidValue('status.ready', ready, 'no more pods are ready than are active'))
}

const validateIndexes = (errors: Errors, now: View, changed: Changed, spec: Loose<JobSpec>): void => {
  const { completedIndexes: completed = '', failedIndexes: failed } = now.status
  const { completions } = spec
  const judge = (key: 'completedIndexes' | 'failedIndexes', text: string): void => {
    const count = completions === undefined ? 0 : countIndexes(text, completions)
    if (typeof count === 'string') errors.push(invalidValue(`status.${key}`, text, count))
  }
  if (changed.completedIndexes) {
    judge('completedIndexes', completed)
    if (completed !== '' && spec.completionMode !== 'Indexed') errors.push(invalidValue('status.completedIndexes', completed, 'needs completion mode Indexed'))
  }
  if (failed === undefined) return
  if (changed.failedIndexes) {
    if (spec.backoffLimitPerIndex === undefined) errors.push(invalidValue('status.failedIndexes', failed, 'needs backoffLimitPerIndex'))
    else judge('failedIndexes', failed)
  }
  if ((changed.failedIndexes || changed.completedIndexes) && completions !== undefined) {
    const common = commonIndex(completed, failed, completions)
    if (common !== undefined) errors.push(invalidValue('status.failedIndexes', failed, `index ${common} is completed, too`))
  }
}

/** What may not be taken back. */
const validateProgress = (errors: Errors, now: View, was: View, changed: Changed, spec: Loose<JobSpec>): void => {
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const)
    if (was.is(type) && !now.is(type)) conditionsFault(errors, `${type} cannot be taken back`)
  if (was.successCriteriaMet && !now.successCriteriaMet) conditionsFault(errors, 'SuccessCriteriaMet cannot be taken back')
  if (was.complete && !was.successCriteriaMet && now.successCriteriaMet) conditionsFault(errors, 'SuccessCriteriaMet cannot follow Complete')
  const shrinks = (key: 'failed' | 'succeeded'): boolean => (now.status[key] ?? 0) < (was.status[key] ?? 0)
  if (shrinks('failed')) errors.push(invalidValue('status.failed', now.status.failed, 'cannot decrease'))
  // An Indexed Job with as many pods as completions can be scaled down.
  const scalable = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  if (!scalable && shrinks('succeeded')) errors.push(invalidValue('status.succeeded', now.status.succeeded, 'cannot decrease'))
  if (changed.completionTime && now.status.completionTime && was.status.completionTime)
    errors.push(invalidValue('status.completionTime', now.status.completionTime, 'field is immutable'))
  const resumes = was.is('Suspended') && now.is('Suspended', 'False')
  if (changed.startTime && was.status.startTime && !spec.suspend && !resumes)
    errors.push(required('status.startTime', 'cannot be removed for an unsuspended job'))
}

export const validateJobStatus = (errors: Errors, job: Loose<Job>, old: Loose<Job>): void => {
  const [now, was] = [new View(job.status ?? {}), new View(old.status ?? {})]
  const changed = changedBetween(now, was)
  const spec = job.spec ?? {}
  addCounts(errors, 'status', now.status, ['active', 'succeeded', 'failed', 'ready', 'terminating'])
  validateUncounted(errors, now.status.uncountedTerminatedPods)
  validateConditions(errors, now, changed, spec)
  validateTimes(errors, now, changed, spec)
  validatePods(errors, now, changed)
  validateIndexes(errors, now, changed, spec)
  validateProgress(errors, now, was, changed, spec)
}
