// The table of HorizontalPodAutoscalers: versions differ in how they write their targets only.
import type { Column } from '../../resource.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

interface Autoscaler {
  spec?: { scaleTargetRef: { kind: string; name: string }; minReplicas?: number; maxReplicas: number }
  status?: { currentReplicas?: number }
}

export const autoscalerColumns = <T extends Autoscaler>(targets: (autoscaler: T) => string): readonly Column<T>[] => [
  nameColumn as unknown as Column<T>,
  column('Reference', 'string', h => `${h.spec?.scaleTargetRef.kind ?? ''}/${h.spec?.scaleTargetRef.name ?? ''}`, 'What it scales.'),
  column('Targets', 'string', targets, 'Current and wanted metrics.'),
  column('MinPods', 'string', h => (h.spec?.minReplicas === undefined ? '<unset>' : String(h.spec.minReplicas)), 'Fewest replicas.'),
  column('MaxPods', 'string', h => h.spec?.maxReplicas, 'Most replicas.'),
  column('Replicas', 'string', h => h.status?.currentReplicas ?? 0, 'Replicas last seen.'),
  ageColumn as unknown as Column<T>,
]
