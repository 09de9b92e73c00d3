// ConfigMap of v1.
import { defineResource } from '../../resource.ts'
import type { ConfigMap } from '../../types/core-v1.ts'

export const configMaps = defineResource<ConfigMap>({
  group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true,
  shortNames: ['cm'],
})
