// PriorityClass of scheduling.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { PriorityClass } from '../../types/scheduling-v1.ts'

export const priorityClasses = defineResource<PriorityClass>({
  group: 'scheduling.k8s.io', version: 'v1', kind: 'PriorityClass', plural: 'priorityclasses', namespaced: false,
  shortNames: ['pc'],
})
