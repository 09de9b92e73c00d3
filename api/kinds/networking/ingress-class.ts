// IngressClass of networking.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { IngressClass } from '../../types/networking-v1.ts'

export const ingressClasses = defineResource<IngressClass>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IngressClass', plural: 'ingressclasses', namespaced: false,
})
