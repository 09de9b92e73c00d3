// Service of v1.
import { defineResource } from '../../resource.ts'
import type { Service } from '../../types/core-v1.ts'

export const services = defineResource<Service>({
  group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true,
  shortNames: ['svc'], categories: ['all'], storagePrefix: '/registry/services/specs/', status: true,
})
