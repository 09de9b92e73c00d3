// StatefulSet of apps/v1.
import { defineResource } from '../../resource.ts'
import type { StatefulSet } from '../../types/apps-v1.ts'

export const statefulSets = defineResource<StatefulSet>({
  group: 'apps', version: 'v1', kind: 'StatefulSet', plural: 'statefulsets', namespaced: true,
  shortNames: ['sts'], categories: ['all'], status: true,
})
