// PodTemplate of v1.
import { defineResource } from '../../resource.ts'
import type { PodTemplate } from '../../types/core-v1.ts'

export const podTemplates = defineResource<PodTemplate>({
  group: '', version: 'v1', kind: 'PodTemplate', plural: 'podtemplates', namespaced: true,
})
