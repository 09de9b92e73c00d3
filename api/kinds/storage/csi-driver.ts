// CSIDriver of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { CSIDriver } from '../../types/storage-v1.ts'

export const csiDrivers = defineResource<CSIDriver>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIDriver', plural: 'csidrivers', namespaced: false,
})
