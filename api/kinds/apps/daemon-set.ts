// DaemonSet of apps/v1.
import { defineResource } from '../../resource.ts'
import type { DaemonSet } from '../../types/apps-v1.ts'

export const daemonSets = defineResource<DaemonSet>({
  group: 'apps', version: 'v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true,
  shortNames: ['ds'], categories: ['all'], status: true,
})
