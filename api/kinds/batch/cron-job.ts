// CronJob of batch/v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { CronJob, CronJobSpec, JobSpec } from '../../types/batch-v1.ts'
import { addNonNegative, addSupported } from '../../validation/collect.ts'
import { cronFault } from '../../validation/cron-schedule.ts'
import { loose } from '../../validation/loose.ts'
import { byteLength, isDns1123Subdomain } from '../../validation/names.ts'
import { validateJobSpec } from '../../validation/job.ts'
import { ageColumn, column, containerImages, containerNames, formatSelector, nameColumn, none, wide } from '../columns.ts'
import { age } from '../duration.ts'
import { defaultTemplate, withStatus } from '../workload.ts'

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

const isTimeZone = (zone: string): boolean => {
  if (!/^[A-Za-z0-9_+\-/]+$/.test(zone) || zone.includes('..')) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
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

const validate = (cron: CronJob): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(cron).spec ?? {}
  if (!spec.schedule) errors.push(required('spec.schedule'))
  else {
    const fault = cronFault(spec.schedule)
    if (fault !== undefined) errors.push(invalidValue('spec.schedule', spec.schedule, fault))
    if (/TZ/.test(spec.schedule) && spec.timeZone !== undefined) errors.push(invalidValue('spec.schedule', spec.schedule, 'cannot have both timeZone and TZ'))
    else if (/TZ/.test(spec.schedule)) errors.push(invalidValue('spec.schedule', spec.schedule, 'cannot have TZ, use timeZone instead'))
  }
  addNonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds)
  if (!spec.concurrencyPolicy) errors.push(required('spec.concurrencyPolicy'))
  else addSupported(errors, 'spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
  validateTimeZone(errors, 'spec.timeZone', spec.timeZone)
  addNonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
  addNonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
  const job = spec.jobTemplate?.spec ?? {}
  validateJobSpec(errors, 'spec.jobTemplate.spec', job)
  if (job.manualSelector)
    errors.push({ field: 'spec.jobTemplate.spec.manualSelector', reason: 'FieldValueNotSupported', value: true, detail: 'supported values: nil, false' })
  if (byteLength(cron.metadata.name ?? '') > 52) errors.push(invalidValue('metadata.name', cron.metadata.name, 'must be no more than 52 characters'))
  return errors
}

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
})
