// NetworkPolicy of networking.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { NetworkPolicy } from '../../types/networking-v1.ts'

export const networkPolicies = defineResource<NetworkPolicy>({
  group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy', plural: 'networkpolicies', namespaced: true,
  shortNames: ['netpol'],
})
