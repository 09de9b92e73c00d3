// Node of v1.
import { defineResource } from '../../resource.ts'
import type { Node } from '../../types/core-v1.ts'

export const nodes = defineResource<Node>({
  group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false,
  shortNames: ['no'], storagePrefix: '/registry/minions/', status: true,
})
