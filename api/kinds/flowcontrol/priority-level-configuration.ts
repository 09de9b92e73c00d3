// PriorityLevelConfiguration of flowcontrol.apiserver.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { PriorityLevelConfiguration } from '../../types/flowcontrol-v1.ts'

export const priorityLevelConfigurations = defineResource<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io', version: 'v1', kind: 'PriorityLevelConfiguration', plural: 'prioritylevelconfigurations', namespaced: false,
  status: true,
})
