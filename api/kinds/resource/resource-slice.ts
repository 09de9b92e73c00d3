// ResourceSlice of resource.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ResourceSlice } from '../../types/resource-v1.ts'

export const resourceSlices = defineResource<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
})
