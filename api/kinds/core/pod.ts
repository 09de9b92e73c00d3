// Pod of v1.
import { defineResource } from '../../resource.ts'
import type { Pod } from '../../types/core-v1.ts'

export const pods = defineResource<Pod>({
  group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true,
  shortNames: ['po'], categories: ['all'], status: true,
})
