// HorizontalPodAutoscaler of autoscaling/v1: shown and judged as the v2 form that it stands for, whose names its faults have.
import { defineResource } from '../../resource.ts'
import type { HorizontalPodAutoscaler } from '../../types/autoscaling-v1.ts'
import type { HorizontalPodAutoscaler as V2 } from '../../types/autoscaling-v2.ts'
import { separateStatus } from '../workload.ts'
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts'
import { toV2 } from './v1-form.ts'

const asV2 = (autoscaler: HorizontalPodAutoscaler): V2 => toV2(autoscaler) as V2

export const horizontalPodAutoscalersV1 = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  status: true,
  columns: (horizontalPodAutoscalers.columns ?? []).map(c => ({ ...c, value: (autoscaler: HorizontalPodAutoscaler, now) => c.value(asV2(autoscaler), now) })),
  default: autoscaler => {
    if (!autoscaler.spec) return
    autoscaler.spec.minReplicas ??= 1
    // Unless an annotation carries metrics that v1 has no fields for.
    if (!asV2(autoscaler).spec?.metrics?.length) autoscaler.spec.targetCPUUtilizationPercentage = 80
  },
  prepare: (autoscaler, old, context) => {
    separateStatus(autoscaler, old, context, () => ({ currentReplicas: 0, desiredReplicas: 0 }))
  },
  metadataChecks: 'update',
  validate: (autoscaler, old, context) => horizontalPodAutoscalers.validate?.(asV2(autoscaler), old && asV2(old), context) ?? [],
})
