// Deployment of apps/v1.
import { defineResource } from '../../resource.ts'
import type { Deployment } from '../../types/apps-v1.ts'

export const deployments = defineResource<Deployment>({
  group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true,
  shortNames: ['deploy'], categories: ['all'], status: true,
})
