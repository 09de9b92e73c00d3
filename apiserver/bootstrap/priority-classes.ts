// The classes that pods of the system itself run in; their names are reserved.
import type { KubeObject } from '../../api/object.ts'
import type { Parts } from '../context.ts'
import { ensureObject } from '../own-objects.ts'

const classes = [
  { name: 'system-node-critical', value: 2_000_001_000, description: 'Used for system critical pods that must not be moved from their current node.' },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
] as const

export const ensurePriorityClasses = async (parts: Pick<Parts, 'store' | 'clock' | 'table'>): Promise<void> => {
  const served = parts.table.stored('priorityclasses.scheduling.k8s.io')
  for (const { name, value, description } of classes)
    await ensureObject(parts, served, {
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name, generation: 1 },
      value,
      description,
      preemptionPolicy: 'PreemptLowerPriority',
    } as KubeObject)
}
