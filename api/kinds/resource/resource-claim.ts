// ResourceClaim of resource.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ResourceClaim } from '../../types/resource-v1.ts'

export const resourceClaims = defineResource<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  status: true,
})
