// IPAddress of networking.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { IPAddress } from '../../types/networking-v1.ts'

export const ipAddresses = defineResource<IPAddress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IPAddress', plural: 'ipaddresses', namespaced: false,
  shortNames: ['ip'],
})
