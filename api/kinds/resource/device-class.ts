// DeviceClass of resource.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { DeviceClass } from '../../types/resource-v1.ts'

export const deviceClasses = defineResource<DeviceClass>({
  group: 'resource.k8s.io', version: 'v1', kind: 'DeviceClass', plural: 'deviceclasses', namespaced: false,
})
