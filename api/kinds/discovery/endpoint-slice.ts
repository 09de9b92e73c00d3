// EndpointSlice of discovery.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { EndpointSlice } from '../../types/discovery-v1.ts'

export const endpointSlices = defineResource<EndpointSlice>({
  group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true,
})
