// Deployment of apps/v1.
import { type FieldError, forbiddenField, invalidValue } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { Deployment, DeploymentSpec } from '../../types/apps-v1.ts'
import { addNonNegative, addSupported } from '../../validation/collect.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import {
  addCounts,
  addNotDecremented,
  addReplicaOrder,
  shareValue,
  validateAtMostAll,
  validateSelectorAndTemplate,
  validateShare,
} from '../../validation/workload.ts'
import { ageColumn, column, containerImages, containerNames, formatSelector, nameColumn, wide } from '../columns.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, scaleOf, separateStatus } from '../workload.ts'

const defaultDeployment = (deployment: Deployment): void => {
  const spec = (deployment.spec ??= {} as DeploymentSpec)
  spec.replicas ??= 1
  const strategy = (spec.strategy ??= {})
  strategy.type ??= 'RollingUpdate'
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {})
    rolling.maxUnavailable ??= '25%'
    rolling.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  defaultTemplate(spec.template)
}

const validateSpec = (errors: FieldError[], spec: Loose<DeploymentSpec>): void => {
  addNonNegative(errors, 'spec.replicas', spec.replicas)
  validateSelectorAndTemplate(errors, 'spec', spec.selector, spec.template)
  const { type, rollingUpdate } = spec.strategy ?? {}
  addSupported(errors, 'spec.strategy', type, ['Recreate', 'RollingUpdate'])
  if (type === 'Recreate' && rollingUpdate) errors.push(forbiddenField('spec.strategy.rollingUpdate', 'may not be specified when strategy `type` is Recreate'))
  if (type === 'RollingUpdate' && rollingUpdate) {
    const path = 'spec.strategy.rollingUpdate'
    const { maxUnavailable, maxSurge } = rollingUpdate
    validateShare(errors, `${path}.maxUnavailable`, maxUnavailable)
    validateShare(errors, `${path}.maxSurge`, maxSurge)
    if (shareValue(maxUnavailable) === 0 && shareValue(maxSurge) === 0)
      errors.push(invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
    validateAtMostAll(errors, `${path}.maxUnavailable`, maxUnavailable)
  }
  addCounts(errors, 'spec', spec, ['minReadySeconds', 'revisionHistoryLimit'])
  const deadline = spec.progressDeadlineSeconds
  if (deadline === undefined) return
  addNonNegative(errors, 'spec.progressDeadlineSeconds', deadline)
  if (deadline <= (spec.minReadySeconds ?? 0)) errors.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
}

const validateStatus = (errors: FieldError[], deployment: Deployment, old: Deployment | undefined): void => {
  const status = (deployment.status ?? {}) as Record<string, unknown>
  addCounts(errors, 'status', status, [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ])
  addReplicaOrder(errors, 'status', status, [
    ['updatedReplicas', 'replicas'],
    ['readyReplicas', 'replicas'],
    ['availableReplicas', 'replicas'],
    ['availableReplicas', 'readyReplicas'],
  ])
  addNotDecremented(errors, 'status.collisionCount', deployment.status?.collisionCount, old?.status?.collisionCount)
}

const validate = (deployment: Deployment, old: Deployment | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    validateStatus(errors, deployment, old)
    return errors
  }
  validateSpec(errors, loose(deployment).spec ?? {})
  if (old) addImmutable(errors, 'spec.selector', deployment.spec?.selector, old.spec?.selector)
  return errors
}

const prepare = (deployment: Deployment, old: Deployment | undefined, context: WriteContext): void => {
  separateStatus(deployment, old, context, () => ({}))
  if (old && context.subresource === 'status') {
    if (old.metadata.labels) deployment.metadata.labels = { ...old.metadata.labels }
    else delete deployment.metadata.labels
  } else if (old && !semanticEqual(deployment.metadata.annotations, old.metadata.annotations)) {
    // The rollout's history lives in annotations: they count as part of what is desired.
    deployment.metadata.generation = (old.metadata.generation ?? 0) + 1
  }
}

export const deployments = defineResource<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  shortNames: ['deploy'],
  categories: ['all'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Ready', 'string', d => `${d.status?.readyReplicas ?? 0}/${d.spec?.replicas ?? 0}`, 'Ready pods, of those desired.'),
    column('Up-to-date', 'string', d => d.status?.updatedReplicas ?? 0, 'Pods of the newest template.'),
    column('Available', 'string', d => d.status?.availableReplicas ?? 0, 'Pods available for long enough.'),
    ageColumn,
    wide('Containers', d => containerNames(d.spec?.template.spec)),
    wide('Images', d => containerImages(d.spec?.template.spec)),
    wide('Selector', d => formatSelector(d.spec?.selector)),
  ],
  metadataChecks: 'update',
  default: defaultDeployment,
  prepare,
  validate,
  warnings: templateWarnings<Deployment>({ path: 'spec.template', of: object => object.spec?.template, usedIn: 'Pod names and hostnames' }),
  scale: scaleOf<Deployment>(),
})
