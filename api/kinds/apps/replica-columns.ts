// The table of what keeps a number of pods: ReplicaSets and ReplicationControllers differ in their selectors only.
import type { Column } from '../../resource.ts'
import type { PodTemplateSpec } from '../../types/core-v1.ts'
import { ageColumn, column, containerImages, containerNames, nameColumn, wide } from '../columns.ts'

interface Replicated {
  spec?: { replicas?: number; template?: PodTemplateSpec }
  status?: { replicas: number; readyReplicas?: number }
}

export const replicaColumns = <T extends Replicated>(selector: (object: T) => string): readonly Column<T>[] => [
  nameColumn as unknown as Column<T>,
  column('Desired', 'integer', r => r.spec?.replicas ?? 0, 'Pods desired.'),
  column('Current', 'integer', r => r.status?.replicas ?? 0, 'Pods there are.'),
  column('Ready', 'integer', r => r.status?.readyReplicas ?? 0, 'Pods that are ready.'),
  ageColumn as unknown as Column<T>,
  wide('Containers', r => containerNames(r.spec?.template?.spec)),
  wide('Images', r => containerImages(r.spec?.template?.spec)),
  wide('Selector', selector),
]
