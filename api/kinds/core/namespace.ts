// Namespace of v1.
import { defineResource } from '../../resource.ts'
import type { Namespace } from '../../types/core-v1.ts'

export const namespaces = defineResource<Namespace>({
  group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false,
  shortNames: ['ns'], verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'], status: true,
})
