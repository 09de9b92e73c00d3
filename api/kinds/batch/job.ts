// Job of batch/v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { Job, JobSpec } from '../../types/batch-v1.ts'
import type { PodSpec } from '../../types/core-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../validation/names.ts'
import { validateGeneratedSelector, validateJobSelector, validateJobSpec } from '../../validation/job.ts'
import { validateJobStatus } from '../../validation/job-status.ts'
import { ageColumn, column, containerImages, containerNames, formatSelector, nameColumn, wide } from '../columns.ts'
import { humanDuration } from '../duration.ts'
import { templateWarnings } from '../template-warnings.ts'
import { separateStatus } from '../workload.ts'
import { defaultJobSpec } from './job-defaults.ts'
import { jobWarnings } from './job-warnings.ts'

const uidKey = 'batch.kubernetes.io/controller-uid'
const nameKey = 'batch.kubernetes.io/job-name'

/** A job selects its pods by its own uid, unless it says otherwise. */
const generateSelector = (job: Job): void => {
  const spec = job.spec
  if (!spec || spec.manualSelector) return
  const { uid = '', name = '' } = job.metadata
  const metadata = (((spec.template as JobSpec['template'] | undefined) ??= { spec: null as never }).metadata ??= {})
  const labels = (metadata.labels ??= {})
  for (const [key, value] of [
    ['controller-uid', uid],
    ['job-name', name],
    [uidKey, uid],
    [nameKey, name],
  ] as const)
    labels[key] ??= value
  const selector = (spec.selector ??= {})
  ;(selector.matchLabels ??= {})[uidKey] ??= uid
}

const prepare = (job: Job, old: Job | undefined, context: WriteContext): void => {
  separateStatus(job, old, context, () => ({}))
  if (!old) generateSelector(job)
}

const isAtRest = ({ status }: Job): boolean =>
  !status?.startTime || (!status.active && (status.conditions ?? []).some(c => c.type === 'Suspended' && c.status === 'True'))

const validateChange = (errors: FieldError[], job: Job, old: Job): void => {
  const [spec, before] = [job.spec ?? ({} as JobSpec), old.spec ?? ({} as JobSpec)]
  for (const key of ['selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const)
    addImmutable(errors, `spec.${key}`, spec[key], before[key])
  if (spec.completions !== before.completions) {
    const elastic = spec.completionMode === 'Indexed' && spec.completions !== undefined && spec.parallelism === spec.completions
    if (!elastic) errors.push(invalidValue('spec.completions', spec.completions, 'field is immutable'))
  }
  const template = structuredClone(spec.template) as JobSpec['template'] | undefined
  const oldTemplate = structuredClone(before.template) as JobSpec['template'] | undefined
  const atRest = before.suspend === true && isAtRest(old)
  if (atRest && template?.spec && oldTemplate?.spec) {
    // A suspended job without pods may still be told where to run, and on how much.
    for (const { containers, initContainers } of [template.spec, oldTemplate.spec] as Loose<PodSpec>[])
      for (const container of [...(containers ?? []), ...(initContainers ?? [])]) delete container.resources
    for (const key of ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates'] as const) {
      delete template.spec[key]
      delete oldTemplate.spec[key]
    }
    delete template.metadata
    delete oldTemplate.metadata
  }
  if (!semanticEqual(template, oldTemplate))
    errors.push(invalidValue(atRest ? 'spec.template.spec' : 'spec.template', atRest ? template?.spec : template, 'field is immutable'))
}

const validate = (job: Job, old: Job | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    if (old) validateJobStatus(errors, loose(job), loose(old))
    return errors
  }
  const spec = loose(job).spec ?? {}
  if (spec.selector) validateGeneratedSelector(errors, spec, job.metadata.uid ?? '', job.metadata.name ?? '')
  validateJobSpec(errors, 'spec', spec)
  validateJobSelector(errors, 'spec', spec)
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    // The last pod's hostname carries the name and the highest index.
    const hostname = `${job.metadata.name ?? ''}-${(spec.completions ?? 1) - 1}`
    addInvalid(errors, 'metadata.name', job.metadata.name, isDns1123Label(hostname))
  }
  if (old) {
    // Upstream judges an update's spec twice.
    const again: FieldError[] = []
    validateJobSpec(again, 'spec', spec)
    validateJobSelector(again, 'spec', spec)
    errors.push(...again)
    validateChange(errors, job, old)
  }
  return errors
}

const done = (job: Job, type: string): boolean => job.status?.conditions?.some(c => c.type === type && c.status === 'True') ?? false
const state = (job: Job): string => {
  if (done(job, 'Complete')) return 'Complete'
  if (done(job, 'Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  if (done(job, 'Suspended')) return 'Suspended'
  if (done(job, 'FailureTarget')) return 'FailureTarget'
  if (done(job, 'SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}
const completions = (job: Job): string => {
  const succeeded = job.status?.succeeded ?? 0
  if (job.spec?.completions !== undefined) return `${succeeded}/${job.spec.completions}`
  const parallelism = job.spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}
const duration = (job: Job, now: number): string => {
  const start = job.status?.startTime
  return start ? humanDuration((job.status?.completionTime ? Date.parse(job.status.completionTime) : now) - Date.parse(start)) : ''
}

export const jobs = defineResource<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  namespaced: true,
  categories: ['all'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Status', 'string', state, 'How far it is.'),
    column('Completions', 'string', completions, 'Pods that succeeded, of those wanted.'),
    column('Duration', 'string', duration, 'How long it took, or takes.'),
    ageColumn,
    wide('Containers', j => containerNames(j.spec?.template.spec)),
    wide('Images', j => containerImages(j.spec?.template.spec)),
    wide('Selector', j => formatSelector(j.spec?.selector)),
  ],
  selectableFields: { 'status.successful': j => String(j.status?.succeeded ?? 0) },
  validateName: name => [...isDns1123Subdomain(name)],
  default: job => {
    const spec = (job.spec ??= {} as JobSpec)
    defaultJobSpec(spec)
    // One map for both, so that what the selector adds to the template's labels shows on the job, too, as it does upstream.
    const labels = (spec.template as JobSpec['template'] | undefined)?.metadata?.labels
    if (labels && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = labels
  },
  prepare,
  validate,
  warnings: templateWarnings<Job>({
    path: 'spec.template',
    of: object => object.spec?.template,
    usedIn: 'Pod names and hostnames',
    more: object => jobWarnings(object.spec, 'spec'),
  }),
  // Where the template had no labels before its selector was made, they show on the job all the same.
  canonicalize: job => {
    const labels = job.spec?.template.metadata?.labels
    if (labels && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels }
  },
  defaultPropagation: 'Orphan',
})
