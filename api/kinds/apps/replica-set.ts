// ReplicaSet of apps/v1.
import { defineResource } from '../../resource.ts'
import type { ReplicaSet } from '../../types/apps-v1.ts'

export const replicaSets = defineResource<ReplicaSet>({
  group: 'apps', version: 'v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true,
  shortNames: ['rs'], categories: ['all'], status: true,
})
