// CronJob of batch/v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { CronJob, CronJobSpec, JobSpec } from '../../types/batch-v1.ts'
import { addChoice, addNonNegative } from '../../validation/collect.ts'
import { cronFault } from '../../validation/cron-schedule.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { byteLength, isDns1123Subdomain } from '../../validation/names.ts'
import { validateJobSpec } from '../../validation/job.ts'
import { ageColumn, column, containerImages, containerNames, formatSelector, nameColumn, none, wide } from '../columns.ts'
import { age } from '../duration.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, withStatus } from '../workload.ts'
import { jobWarnings } from './job-warnings.ts'

const defaultCronJob = (cron: CronJob): void => {
  const spec = (cron.spec ??= {} as CronJobSpec)
  spec.concurrencyPolicy ??= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  const template = ((spec.jobTemplate as CronJobSpec['jobTemplate'] | undefined) ??= {})
  // The job's own defaults come when the job is made.
  defaultTemplate((template.spec ??= {} as JobSpec).template)
}

/** The cases of letters count, which Intl overlooks: it shows a name that it knows as such in its own case, another one as what it stands for. */
const isTimeZone = (zone: string): boolean => {
  if (!zone.split('/').every(part => /^[A-Za-z.\-_0-9+]{1,14}$/.test(part) && !/^(\.\.?$|-)/.test(part)) || zone.startsWith('+')) return false
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    return known.toLowerCase() === zone.toLowerCase() ? known === zone : /^[A-Z]/.test(zone)
  } catch {
    return false
  }
}

const validateTimeZone = (errors: FieldError[], path: string, zone: string | undefined): void => {
  if (zone === undefined) return
  if (zone === '') errors.push(invalidValue(path, zone, 'must be the name of a time zone'))
  else if (zone.toLowerCase() === 'local') errors.push(invalidValue(path, zone, 'must be an explicit time zone'))
  else if (!isTimeZone(zone)) errors.push(invalidValue(path, zone, 'unknown time zone'))
}

const validateSchedule = (errors: FieldError[], spec: Loose<CronJobSpec>, before: Loose<CronJobSpec> | undefined): void => {
  const { schedule, timeZone } = spec
  if (!schedule) {
    errors.push(required('spec.schedule'))
    return
  }
  const fault = cronFault(schedule)
  if (fault !== undefined) errors.push(invalidValue('spec.schedule', schedule, fault))
  if (!schedule.includes('TZ')) return
  // Old objects may keep the zone in their schedule.
  if (!before?.schedule?.includes('TZ')) errors.push(invalidValue('spec.schedule', schedule, 'cannot have TZ, use timeZone instead'))
  else if (timeZone !== undefined) errors.push(invalidValue('spec.schedule', schedule, 'cannot have both timeZone and TZ'))
}

const validateJobTemplate = (errors: FieldError[], job: Loose<JobSpec>): void => {
  const path = 'spec.jobTemplate.spec'
  validateJobSpec(errors, path, job)
  if (job.selector) errors.push(invalidValue(`${path}.selector`, job.selector, 'each job makes its own'))
  if (job.manualSelector)
    errors.push({ field: `${path}.manualSelector`, reason: 'FieldValueNotSupported', value: true, detail: 'supported values: nil, false' })
}

const validate = (cron: CronJob, old: CronJob | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(cron).spec ?? {}
  validateSchedule(errors, spec, old && (loose(old).spec ?? {}))
  addNonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds)
  addChoice(errors, 'spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
  if (!old || spec.timeZone !== old.spec?.timeZone) validateTimeZone(errors, 'spec.timeZone', spec.timeZone)
  addNonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
  addNonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
  validateJobTemplate(errors, spec.jobTemplate?.spec ?? {})
  // The controller appends the time of each run, which a job's name must have room for.
  if (!old && byteLength(cron.metadata.name ?? '') > 52) errors.push(invalidValue('metadata.name', cron.metadata.name, 'must be no more than 52 characters'))
  return errors
}

const zoneWarnings = ({ spec }: CronJob): string[] =>
  spec?.schedule.includes('TZ')
    ? [
        'CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
      ]
    : []

export const cronJobs = defineResource<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  namespaced: true,
  shortNames: ['cj'],
  categories: ['all'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Schedule', 'string', c => c.spec?.schedule ?? '', 'When it runs.'),
    column('Timezone', 'string', c => c.spec?.timeZone ?? none, 'Where that is.'),
    column('Suspend', 'boolean', c => (c.spec?.suspend ? 'True' : 'False'), 'Whether it rests.'),
    column('Active', 'integer', c => c.status?.active?.length ?? 0, 'Jobs that run.'),
    column('Last Schedule', 'string', (c, now) => (c.status?.lastScheduleTime ? age(c.status.lastScheduleTime, now) : none), 'When it last ran.'),
    ageColumn,
    wide('Containers', c => containerNames(c.spec?.jobTemplate.spec?.template.spec)),
    wide('Images', c => containerImages(c.spec?.jobTemplate.spec?.template.spec)),
    wide('Selector', c => formatSelector(c.spec?.jobTemplate.spec?.selector)),
  ],
  validateName: name => [...isDns1123Subdomain(name)],
  metadataChecks: 'update',
  default: defaultCronJob,
  prepare: withStatus<CronJob>(() => ({})),
  validate,
  warnings: templateWarnings<CronJob>({
    path: 'spec.jobTemplate.spec.template',
    of: object => object.spec?.jobTemplate.spec?.template,
    usedIn: 'Job names, Pod names, and hostnames',
    more: object => [...zoneWarnings(object), ...jobWarnings(object.spec?.jobTemplate.spec, 'spec.jobTemplate.spec')],
  }),
})
