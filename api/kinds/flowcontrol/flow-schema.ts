// FlowSchema of flowcontrol.apiserver.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { FlowSchema } from '../../types/flowcontrol-v1.ts'

export const flowSchemas = defineResource<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io', version: 'v1', kind: 'FlowSchema', plural: 'flowschemas', namespaced: false,
  status: true,
})
