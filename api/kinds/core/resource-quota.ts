// ResourceQuota of v1.
import { defineResource } from '../../resource.ts'
import type { ResourceQuota } from '../../types/core-v1.ts'

export const resourceQuotas = defineResource<ResourceQuota>({
  group: '', version: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true,
  shortNames: ['quota'], status: true,
})
