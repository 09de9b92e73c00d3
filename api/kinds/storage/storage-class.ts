// StorageClass of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { StorageClass } from '../../types/storage-v1.ts'

export const storageClasses = defineResource<StorageClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'StorageClass', plural: 'storageclasses', namespaced: false,
  shortNames: ['sc'],
})
