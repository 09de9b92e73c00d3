// APIService of apiregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { APIService } from '../../types/apiregistration-v1.ts'

export const apiServices = defineResource<APIService>({
  group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService', plural: 'apiservices', namespaced: false,
  categories: ['api-extensions'], storagePrefix: '/registry/apiregistration.k8s.io/apiservices/', status: true,
})
