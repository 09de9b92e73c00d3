// VolumeAttributesClass of storage.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { VolumeAttributesClass } from '../../types/storage-v1.ts'

export const volumeAttributesClasses = defineResource<VolumeAttributesClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttributesClass', plural: 'volumeattributesclasses', namespaced: false,
  shortNames: ['vac'],
})
