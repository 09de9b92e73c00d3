// ComponentStatus of v1.
import { defineResource } from '../../resource.ts'
import type { ComponentStatus } from '../../types/core-v1.ts'

export const componentStatuses = defineResource<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  namespaced: false,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
})
