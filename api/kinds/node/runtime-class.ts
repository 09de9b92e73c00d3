// RuntimeClass of node.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { RuntimeClass } from '../../types/node-v1.ts'

export const runtimeClasses = defineResource<RuntimeClass>({
  group: 'node.k8s.io', version: 'v1', kind: 'RuntimeClass', plural: 'runtimeclasses', namespaced: false,
})
