// Endpoints of v1.
import { defineResource } from '../../resource.ts'
import type { Endpoints } from '../../types/core-v1.ts'

export const endpoints = defineResource<Endpoints>({
  group: '', version: 'v1', kind: 'Endpoints', plural: 'endpoints', namespaced: true,
  shortNames: ['ep'], storagePrefix: '/registry/services/endpoints/',
})
