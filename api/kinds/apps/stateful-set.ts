// StatefulSet of apps/v1.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { StatefulSet, StatefulSetSpec } from '../../types/apps-v1.ts'
import type { PodTemplateSpec } from '../../types/core-v1.ts'
import { validateClaimSpec } from '../../validation/claim-spec.ts'
import { addInvalid, addNonNegative } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { isEmptySelector, validateLabelSelector } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1123Label } from '../../validation/names.ts'
import { validateTemplateMetadata } from '../../validation/pod/template.ts'
import { addCounts, addNotDecremented, addReplicaOrder, shareValue, validateAtMostAll, validateShare, validateTemplateOf } from '../../validation/workload.ts'
import { ageColumn, column, containerImages, containerNames, nameColumn, wide } from '../columns.ts'
import { defaultClaim } from '../core/claim-defaults.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, scaleOf, separateStatus } from '../workload.ts'

const defaultStatefulSet = (set: StatefulSet): void => {
  const spec = (set.spec ??= {} as StatefulSetSpec)
  spec.podManagementPolicy ??= 'OrderedReady'
  const strategy = (spec.updateStrategy ??= {})
  if (strategy.type === undefined) {
    strategy.type = 'RollingUpdate'
    strategy.rollingUpdate ??= {}
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) {
    strategy.rollingUpdate.partition ??= 0
    // MaxUnavailableStatefulSet is off at this level.
    delete strategy.rollingUpdate.maxUnavailable
  }
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {})
  retention.whenDeleted ??= 'Retain'
  retention.whenScaled ??= 'Retain'
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  defaultTemplate(spec.template)
  for (const claim of spec.volumeClaimTemplates ?? []) {
    // Written whole, as the claims they become.
    claim.apiVersion = 'v1'
    claim.kind = 'PersistentVolumeClaim'
    defaultClaim(claim)
  }
}

const validateStrategy = (errors: FieldError[], spec: Loose<StatefulSetSpec>): void => {
  const path = 'spec.updateStrategy'
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  if (!type) errors.push(required(path))
  else if (type === 'OnDelete') {
    if (rollingUpdate) errors.push(invalidValue(`${path}.rollingUpdate`, rollingUpdate, 'only allowed for updateStrategy RollingUpdate'))
  } else if (type === 'RollingUpdate') {
    if (!rollingUpdate) return
    addNonNegative(errors, `${path}.rollingUpdate.partition`, rollingUpdate.partition)
    const share = rollingUpdate.maxUnavailable
    if (share === undefined) return
    validateShare(errors, `${path}.rollingUpdate.maxUnavailable`, share)
    if (shareValue(share) === 0) errors.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, share, 'cannot be 0'))
    validateAtMostAll(errors, `${path}.rollingUpdate.maxUnavailable`, share)
  } else errors.push(invalidValue(path, spec.updateStrategy, 'must be RollingUpdate or OnDelete'))
}

/** The template as its pods will have it: claims as volumes of the same name, the hostname from the ordinal. */
const asItsPods = (spec: Loose<StatefulSetSpec>): Loose<PodTemplateSpec> | undefined => {
  const template = spec.template
  if (!template?.spec) return template
  const claims = (spec.volumeClaimTemplates ?? []).map(c => c.metadata?.name ?? '')
  const volumes = [
    ...claims.map(name => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(template.spec.volumes ?? []).filter(v => !claims.includes(v.name ?? '')),
  ]
  const { hostname: _hostname, ...rest } = template.spec
  return { ...template, spec: { ...rest, volumes } }
}

const validateSpec = (errors: FieldError[], spec: Loose<StatefulSetSpec>): void => {
  const policy = spec.podManagementPolicy
  if (!policy) errors.push(required('spec.podManagementPolicy'))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') errors.push(invalidValue('spec.podManagementPolicy', policy, 'must be OrderedReady or Parallel'))
  validateStrategy(errors, spec)
  for (const key of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[key]
    if (value !== 'Retain' && value !== 'Delete')
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${key}`, value ?? '', ['Delete', 'Retain']))
  }
  addCounts(errors, 'spec', spec, ['replicas', 'minReadySeconds'])
  if (spec.ordinals) addNonNegative(errors, 'spec.ordinals.start', spec.ordinals.start)
  if (!spec.selector) errors.push(required('spec.selector'))
  else {
    validateLabelSelector(errors, 'spec.selector', spec.selector)
    if (isEmptySelector(spec.selector)) errors.push(invalidValue('spec.selector', spec.selector, 'an empty selector is not allowed'))
  }
  validateTemplateOf(errors, 'spec.template', spec.selector, asItsPods(spec))
  // Upstream judges the metadata of this template twice.
  if (spec.template) validateTemplateMetadata(errors, 'spec.template', spec.template)
}

const updatable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const

const validate = (set: StatefulSet, old: StatefulSet | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    const status = (set.status ?? {}) as unknown as Record<string, unknown>
    addCounts(errors, 'status', status, [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ])
    addReplicaOrder(errors, 'status', status, [
      ['readyReplicas', 'replicas'],
      ['currentReplicas', 'replicas'],
      ['updatedReplicas', 'replicas'],
      ['availableReplicas', 'replicas'],
      ['availableReplicas', 'readyReplicas'],
    ])
    addNotDecremented(errors, 'status.collisionCount', set.status?.collisionCount, old?.status?.collisionCount)
    return errors
  }
  validateSpec(errors, loose(set).spec ?? {})
  if (!old && set.spec?.serviceName) addInvalid(errors, 'spec.serviceName', set.spec.serviceName, isDns1123Label(set.spec.serviceName))
  set.spec?.volumeClaimTemplates?.forEach((claim, i) => {
    if (!old) validateClaimSpec(errors, `spec.volumeClaimTemplates[${i}].spec`, loose(claim).spec ?? {})
  })
  if (old) {
    const [now, was] = [{ ...set.spec }, { ...old.spec }]
    for (const key of updatable) {
      delete now[key]
      delete was[key]
    }
    if (!semanticEqual(now, was)) errors.push(forbiddenField('spec', `updates may only change ${updatable.join(', ')}`))
  }
  return errors
}

const keepsAllRevisions = ({ spec }: StatefulSet): string[] =>
  (spec?.revisionHistoryLimit ?? 0) < 0 ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'] : []

export const statefulSets = defineResource<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  namespaced: true,
  shortNames: ['sts'],
  categories: ['all'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Ready', 'string', s => `${s.status?.readyReplicas ?? 0}/${s.spec?.replicas ?? 0}`, 'Ready pods, of those desired.'),
    ageColumn,
    wide('Containers', s => containerNames(s.spec?.template.spec)),
    wide('Images', s => containerImages(s.spec?.template.spec)),
  ],
  validateName: name => [...isDns1123Label(name)],
  metadataChecks: 'update',
  default: defaultStatefulSet,
  prepare: (set, old, context) => {
    separateStatus(set, old, context, () => ({ replicas: 0, availableReplicas: 0 }))
  },
  validate,
  warnings: templateWarnings<StatefulSet>({ path: 'spec.template', of: object => object.spec?.template, more: keepsAllRevisions }),
  scale: scaleOf<StatefulSet>(),
})
