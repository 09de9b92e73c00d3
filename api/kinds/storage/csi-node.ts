// CSINode of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { CSINode } from '../../types/storage-v1.ts'

export const csiNodes = defineResource<CSINode>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSINode', plural: 'csinodes', namespaced: false,
})
