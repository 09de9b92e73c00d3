// DaemonSet of apps/v1.
import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { DaemonSet, DaemonSetSpec } from '../../types/apps-v1.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { validateLabelSelector, isEmptySelector } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { addCounts, addNotDecremented, shareValue, validateAtMostAll, validateShare, validateTemplateOf } from '../../validation/workload.ts'
import { ageColumn, column, containerImages, containerNames, formatLabels, formatSelector, nameColumn, wide } from '../columns.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate, separateStatus } from '../workload.ts'

const defaultDaemonSet = (set: DaemonSet): void => {
  const spec = (set.spec ??= {} as DaemonSetSpec)
  const strategy = (spec.updateStrategy ??= {})
  strategy.type ??= 'RollingUpdate'
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {})
    rolling.maxUnavailable ??= 1
    rolling.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
  defaultTemplate(spec.template)
}

const validateSpec = (errors: FieldError[], spec: Loose<DaemonSetSpec>): void => {
  validateLabelSelector(errors, 'spec.selector', spec.selector)
  validateTemplateOf(errors, 'spec.template', spec.selector, spec.template, 'beside')
  if (spec.selector && isEmptySelector(spec.selector)) errors.push(invalidValue('spec.selector', spec.selector, 'an empty selector is not allowed'))
  addCounts(errors, 'spec', spec, ['minReadySeconds'])
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  const path = 'spec.updateStrategy'
  if (type === 'RollingUpdate') {
    if (!rollingUpdate) errors.push(required(`${path}.rollingUpdate`))
    else {
      const { maxUnavailable, maxSurge } = rollingUpdate
      validateShare(errors, `${path}.rollingUpdate.maxUnavailable`, maxUnavailable)
      validateShare(errors, `${path}.rollingUpdate.maxSurge`, maxSurge)
      const [gone, extra] = [shareValue(maxUnavailable) !== 0, shareValue(maxSurge) !== 0]
      validateAtMostAll(errors, `${path}.rollingUpdate.maxUnavailable`, maxUnavailable)
      validateAtMostAll(errors, `${path}.rollingUpdate.maxSurge`, maxSurge)
      if (gone && extra) errors.push(invalidValue(`${path}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
      if (!gone && !extra) errors.push(required(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
    }
  } else if (type !== 'OnDelete') errors.push(notSupported(path, type ?? '', ['OnDelete', 'RollingUpdate']))
  addCounts(errors, 'spec', spec, ['revisionHistoryLimit'])
}

const validate = (set: DaemonSet, old: DaemonSet | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    const status = (set.status ?? {}) as unknown as Record<string, unknown>
    addCounts(errors, 'status', status, [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ])
    addNotDecremented(errors, 'status.collisionCount', set.status?.collisionCount, old?.status?.collisionCount)
    return errors
  }
  validateSpec(errors, loose(set).spec ?? {})
  if (old) addImmutable(errors, 'spec.selector', set.spec?.selector, old.spec?.selector)
  return errors
}

const generationKey = 'deprecated.daemonset.template.generation'

/** Upstream's internal counter of template changes shows as an annotation. */
const prepare = (set: DaemonSet, old: DaemonSet | undefined, context: WriteContext): void => {
  separateStatus(set, old, context, () => ({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }))
  const before = Number(old?.metadata.annotations?.[generationKey] ?? 0)
  const generation = !old ? 1 : semanticEqual(set.spec?.template, old.spec?.template) ? before : before + 1
  if (generation > 0) (set.metadata.annotations ??= {})[generationKey] = String(generation)
}

const count = (n: number | undefined): number => n ?? 0

export const daemonSets = defineResource<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
  shortNames: ['ds'],
  categories: ['all'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Desired', 'integer', d => count(d.status?.desiredNumberScheduled), 'Nodes that should run its pod.'),
    column('Current', 'integer', d => count(d.status?.currentNumberScheduled), 'Nodes that do.'),
    column('Ready', 'integer', d => count(d.status?.numberReady), 'Pods that are ready.'),
    column('Up-to-date', 'integer', d => count(d.status?.updatedNumberScheduled), 'Pods of the newest template.'),
    column('Available', 'integer', d => count(d.status?.numberAvailable), 'Pods available for long enough.'),
    column('Node Selector', 'string', d => formatLabels(d.spec?.template.spec?.nodeSelector), 'Which nodes.'),
    ageColumn,
    wide('Containers', d => containerNames(d.spec?.template.spec)),
    wide('Images', d => containerImages(d.spec?.template.spec)),
    wide('Selector', d => formatSelector(d.spec?.selector)),
  ],
  metadataChecks: 'update',
  default: defaultDaemonSet,
  prepare,
  validate,
  warnings: templateWarnings<DaemonSet>({ path: 'spec.template', of: object => object.spec?.template }),
})
