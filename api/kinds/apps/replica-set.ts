// ReplicaSet of apps/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { ReplicaSet, ReplicaSetSpec } from '../../types/apps-v1.ts'
import { addImmutable } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { addCounts, addReplicaOrder, validateSelectorAndTemplate } from '../../validation/workload.ts'
import { formatSelector } from '../columns.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, scaleOf, withStatus } from '../workload.ts'
import { replicaColumns } from './replica-columns.ts'

export const validateReplicaStatus = (errors: FieldError[], status: Record<string, unknown>): void => {
  addCounts(errors, 'status', status, ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'])
  addReplicaOrder(errors, 'status', status, [
    ['fullyLabeledReplicas', 'replicas'],
    ['readyReplicas', 'replicas'],
    ['availableReplicas', 'replicas'],
    ['availableReplicas', 'readyReplicas'],
  ])
}

const defaultReplicaSet = (set: ReplicaSet): void => {
  const spec = (set.spec ??= {} as ReplicaSetSpec)
  spec.replicas ??= 1
  defaultTemplate(spec.template)
}

const validate = (set: ReplicaSet, old: ReplicaSet | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    validateReplicaStatus(errors, (set.status ?? {}) as Record<string, unknown>)
    return errors
  }
  const spec = loose(set).spec ?? {}
  addCounts(errors, 'spec', spec, ['replicas', 'minReadySeconds'])
  validateSelectorAndTemplate(errors, 'spec', spec.selector, spec.template)
  if (old) addImmutable(errors, 'spec.selector', set.spec?.selector, old.spec?.selector)
  return errors
}

export const replicaSets = defineResource<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  namespaced: true,
  shortNames: ['rs'],
  categories: ['all'],
  status: true,
  generation: true,
  columns: replicaColumns(r => formatSelector(r.spec?.selector)),
  metadataChecks: 'update',
  default: defaultReplicaSet,
  prepare: withStatus<ReplicaSet>(() => ({ replicas: 0 })),
  validate,
  warnings: templateWarnings<ReplicaSet>({ path: 'spec.template', of: object => object.spec?.template, usedIn: 'Pod names and hostnames' }),
  scale: scaleOf<ReplicaSet>(),
})
