// ResourceClaimTemplate of resource.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ResourceClaimTemplate } from '../../types/resource-v1.ts'

export const resourceClaimTemplates = defineResource<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
})
