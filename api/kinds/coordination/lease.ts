// Lease of coordination.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { Lease } from '../../types/coordination-v1.ts'

export const leases = defineResource<Lease>({
  group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true,
})
