// PersistentVolume of v1.
import { defineResource } from '../../resource.ts'
import type { PersistentVolume } from '../../types/core-v1.ts'

export const persistentVolumes = defineResource<PersistentVolume>({
  group: '', version: 'v1', kind: 'PersistentVolume', plural: 'persistentvolumes', namespaced: false,
  shortNames: ['pv'], status: true,
})
