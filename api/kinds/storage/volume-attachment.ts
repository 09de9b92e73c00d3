// VolumeAttachment of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { VolumeAttachment } from '../../types/storage-v1.ts'

export const volumeAttachments = defineResource<VolumeAttachment>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttachment', plural: 'volumeattachments', namespaced: false,
  status: true,
})
