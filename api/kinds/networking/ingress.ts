// Ingress of networking.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { Ingress } from '../../types/networking-v1.ts'

export const ingresses = defineResource<Ingress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', plural: 'ingresses', namespaced: true,
  shortNames: ['ing'], storagePrefix: '/registry/ingress/', status: true,
})
