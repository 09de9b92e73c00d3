// ControllerRevision of apps/v1.
import { defineResource } from '../../resource.ts'
import type { ControllerRevision } from '../../types/apps-v1.ts'

export const controllerRevisions = defineResource<ControllerRevision>({
  group: 'apps', version: 'v1', kind: 'ControllerRevision', plural: 'controllerrevisions', namespaced: true,
})
