// PersistentVolumeClaim of v1.
import { defineResource } from '../../resource.ts'
import type { PersistentVolumeClaim } from '../../types/core-v1.ts'

export const persistentVolumeClaims = defineResource<PersistentVolumeClaim>({
  group: '', version: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', namespaced: true,
  shortNames: ['pvc'], status: true,
})
