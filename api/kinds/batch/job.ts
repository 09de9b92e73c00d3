// Job of batch/v1.
import { defineResource } from '../../resource.ts'
import type { Job } from '../../types/batch-v1.ts'

export const jobs = defineResource<Job>({
  group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true,
  categories: ['all'], status: true,
})
