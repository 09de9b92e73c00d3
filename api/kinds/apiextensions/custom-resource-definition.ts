// CustomResourceDefinition of apiextensions.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { CustomResourceDefinition } from '../../types/apiextensions-v1.ts'

export const customResourceDefinitions = defineResource<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', namespaced: false,
  shortNames: ['crd', 'crds'], categories: ['api-extensions'], storagePrefix: '/registry/apiextensions.k8s.io/customresourcedefinitions/', status: true,
})
