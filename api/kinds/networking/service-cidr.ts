// ServiceCIDR of networking.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ServiceCIDR } from '../../types/networking-v1.ts'

export const serviceCidrs = defineResource<ServiceCIDR>({
  group: 'networking.k8s.io', version: 'v1', kind: 'ServiceCIDR', plural: 'servicecidrs', namespaced: false,
  status: true,
})
