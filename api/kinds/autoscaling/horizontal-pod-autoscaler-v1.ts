// HorizontalPodAutoscaler of autoscaling/v1: one CPU target; its faults are named as those of the v2 form it stands for.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { HorizontalPodAutoscaler } from '../../types/autoscaling-v1.ts'
import { validateAutoscalerSpec, validateAutoscalerStatus } from '../../validation/autoscaler.ts'
import { loose } from '../../validation/loose.ts'
import { separateStatus } from '../workload.ts'
import { autoscalerColumns } from './autoscaler-columns.ts'

const cpuTarget = (h: HorizontalPodAutoscaler): string => {
  const want = h.spec?.targetCPUUtilizationPercentage
  const have = h.status?.currentCPUUtilizationPercentage
  return `cpu: ${have === undefined ? '<unknown>' : `${have}%`}/${want === undefined ? '<auto>' : `${want}%`}`
}

export const horizontalPodAutoscalersV1 = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  status: true,
  columns: autoscalerColumns(cpuTarget),
  default: autoscaler => {
    if (!autoscaler.spec) return
    autoscaler.spec.minReplicas ??= 1
    // An annotation carries the metrics that v1 has no fields for.
    if (!autoscaler.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics']) autoscaler.spec.targetCPUUtilizationPercentage ??= 80
  },
  prepare: (autoscaler, old, context) => {
    separateStatus(autoscaler, old, context, () => ({ currentReplicas: 0, desiredReplicas: 0 }))
  },
  metadataChecks: 'update',
  validate: (autoscaler, old, context) => {
    const errors: FieldError[] = []
    if (context.subresource === 'status') {
      validateAutoscalerStatus(errors, (autoscaler.status ?? {}) as unknown as Record<string, unknown>)
      return errors
    }
    const { targetCPUUtilizationPercentage: percent, ...spec } = loose(autoscaler).spec ?? {}
    const metrics = percent === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }]
    validateAutoscalerSpec(errors, { ...spec, metrics }, old && loose(old).spec?.scaleTargetRef)
    return errors
  },
})
