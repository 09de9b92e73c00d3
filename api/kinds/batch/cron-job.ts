// CronJob of batch/v1.
import { defineResource } from '../../resource.ts'
import type { CronJob } from '../../types/batch-v1.ts'

export const cronJobs = defineResource<CronJob>({
  group: 'batch', version: 'v1', kind: 'CronJob', plural: 'cronjobs', namespaced: true,
  shortNames: ['cj'], categories: ['all'], status: true,
})
