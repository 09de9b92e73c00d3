// HorizontalPodAutoscaler of autoscaling/v2.
import { type FieldError, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import { emptiedOf } from '../../schema/emptied.ts'
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../types/autoscaling-v2.ts'
import { validateAutoscalerSpec, validateAutoscalerStatus } from '../../validation/autoscaler.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { separateStatus } from '../workload.ts'
import { metricsCell } from './metrics-cell.ts'

const percentEachQuarterMinute = { type: 'Percent', value: 100, periodSeconds: 15 }

const defaultBehavior = (behavior: Loose<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>): void => {
  if (!behavior) return
  const up: Loose<HPAScalingRules> = (behavior.scaleUp ??= {})
  up.selectPolicy ??= 'Max'
  up.stabilizationWindowSeconds ??= 0
  up.policies ??= [{ type: 'Pods', value: 4, periodSeconds: 15 }, { ...percentEachQuarterMinute }]
  const down: Loose<HPAScalingRules> = (behavior.scaleDown ??= {})
  down.selectPolicy ??= 'Max'
  down.policies ??= [{ ...percentEachQuarterMinute }]
}

export const horizontalPodAutoscalers = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  status: true,
  columns: [
    nameColumn,
    column('Reference', 'string', h => `${h.spec?.scaleTargetRef.kind ?? ''}/${h.spec?.scaleTargetRef.name ?? ''}`, 'What it scales.'),
    column('Targets', 'string', metricsCell, 'Current and wanted metrics.'),
    column('MinPods', 'string', h => (h.spec?.minReplicas === undefined ? '<unset>' : String(h.spec.minReplicas)), 'Fewest replicas.'),
    column('MaxPods', 'string', h => h.spec?.maxReplicas, 'Most replicas.'),
    column('Replicas', 'string', h => h.status?.currentReplicas ?? 0, 'Replicas last seen.'),
    ageColumn,
  ],
  default: autoscaler => {
    const spec = loose(autoscaler).spec
    if (!spec) return
    spec.minReplicas ??= 1
    if (!spec.metrics?.length) spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
    if (spec.behavior) defaultBehavior(spec.behavior)
  },
  prepare: (autoscaler, old, context) => {
    separateStatus(autoscaler, old, context, () => ({ currentMetrics: null, desiredReplicas: 0 }) as never)
  },
  metadataChecks: 'update',
  validate: (autoscaler, old, context) => {
    const errors: FieldError[] = []
    if (context.subresource === 'status') {
      validateAutoscalerStatus(errors, (autoscaler.status ?? {}) as unknown as Record<string, unknown>)
      return errors
    }
    validateAutoscalerSpec(errors, loose(autoscaler).spec ?? {}, old && loose(old).spec?.scaleTargetRef)
    // No policies at all are those of the default; an empty list of them is a fault.
    for (const path of emptiedOf(autoscaler)) if (/^spec\.behavior\.scale(Up|Down)\.policies$/.test(path)) errors.push(required(path))
    return errors
  },
})
