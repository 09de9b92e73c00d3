// Secret of v1.
import { defineResource } from '../../resource.ts'
import type { Secret } from '../../types/core-v1.ts'

export const secrets = defineResource<Secret>({
  group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true,
})
