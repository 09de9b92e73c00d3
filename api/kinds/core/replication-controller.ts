// ReplicationController of v1.
import { type FieldError, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { ReplicationController, ReplicationControllerSpec } from '../../types/core-v1.ts'
import { loose } from '../../validation/loose.ts'
import { addCounts, validateTemplateOf } from '../../validation/workload.ts'
import { replicaColumns } from '../apps/replica-columns.ts'
import { validateReplicaStatus } from '../apps/replica-set.ts'
import { formatLabels } from '../columns.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, withStatus } from '../workload.ts'

const defaultController = (controller: ReplicationController): void => {
  const spec = (controller.spec ??= {} as ReplicationControllerSpec)
  spec.replicas ??= 1
  const labels = spec.template?.metadata?.labels
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
    if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels }
  }
  defaultTemplate(spec.template)
}

const validate = (controller: ReplicationController, _old: ReplicationController | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    validateReplicaStatus(errors, (controller.status ?? {}) as unknown as Record<string, unknown>)
    return errors
  }
  const spec = loose(controller).spec ?? {}
  addCounts(errors, 'spec', spec, ['minReadySeconds', 'replicas'])
  const selector = (spec.selector ?? {}) as Record<string, string>
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'))
  validateTemplateOf(errors, 'spec.template', { matchLabels: selector }, spec.template, 'unjudged')
  return errors
}

export const replicationControllers = defineResource<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  namespaced: true,
  shortNames: ['rc'],
  categories: ['all'],
  storagePrefix: '/registry/controllers/',
  status: true,
  generation: true,
  columns: replicaColumns(r => formatLabels(r.spec?.selector)),
  selectableFields: { 'status.replicas': r => String(r.status?.replicas ?? 0) },
  metadataChecks: 'update',
  anyGenerateName: true,
  default: defaultController,
  prepare: withStatus<ReplicationController>(() => ({ replicas: 0 })),
  validate,
  warnings: templateWarnings<ReplicationController>({ path: 'spec.template', of: object => object.spec?.template, usedIn: 'Pod names and hostnames' }),
  scale: {
    read: r => ({
      spec: r.spec?.replicas ?? 0,
      status: r.status?.replicas ?? 0,
      selector: Object.keys(r.spec?.selector ?? {}).length ? formatLabels(r.spec?.selector) : '',
    }),
    write: (r, replicas) => {
      if (r.spec) r.spec.replicas = replicas
    },
  },
  defaultPropagation: 'Orphan',
})
