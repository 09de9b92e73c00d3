// Binding of v1.
import { defineResource } from '../../resource.ts'
import type { Binding } from '../../types/core-v1.ts'

export const bindings = defineResource<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  namespaced: true,
  verbs: ['create'],
})
