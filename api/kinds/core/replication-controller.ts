// ReplicationController of v1.
import { defineResource } from '../../resource.ts'
import type { ReplicationController } from '../../types/core-v1.ts'

export const replicationControllers = defineResource<ReplicationController>({
  group: '', version: 'v1', kind: 'ReplicationController', plural: 'replicationcontrollers', namespaced: true,
  shortNames: ['rc'], categories: ['all'], storagePrefix: '/registry/controllers/', status: true,
})
