// CSIStorageCapacity of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { CSIStorageCapacity } from '../../types/storage-v1.ts'

export const csiStorageCapacities = defineResource<CSIStorageCapacity>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIStorageCapacity', plural: 'csistoragecapacities', namespaced: true,
})
