// LimitRange of v1.
import { defineResource } from '../../resource.ts'
import type { LimitRange } from '../../types/core-v1.ts'

export const limitRanges = defineResource<LimitRange>({
  group: '', version: 'v1', kind: 'LimitRange', plural: 'limitranges', namespaced: true,
  shortNames: ['limits'],
})
