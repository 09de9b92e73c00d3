// DELETE of a CustomResourceDefinition: the first one marks it, for its objects have to go before it does. Upstream's REST of its own,
// which leaves generation and grace alone.
import { withCondition } from '../../api/custom/naming.ts'
import type { KubeObject } from '../../api/object.ts'
import type { CustomResourceDefinition } from '../../api/types/apiextensions-v1.ts'
import { toTime } from '../../base/clock.ts'

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export const isDefinition = (record: { id: string }): boolean => record.id === 'customresourcedefinitions.apiextensions.k8s.io'

/** The definition as its first DELETE leaves it, without a version. */
export const toTerminating = (old: KubeObject, nowMs: number): KubeObject => {
  const definition = old as unknown as CustomResourceDefinition
  const { resourceVersion: _, ...metadata } = definition.metadata
  const { finalizers = [] } = metadata
  const now = toTime(nowMs)
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'
  return structuredClone({
    ...definition,
    metadata: {
      ...metadata,
      deletionTimestamp: now,
      finalizers: finalizers.includes(cleanupFinalizer) ? finalizers : [...finalizers, cleanupFinalizer],
    },
    status: {
      ...definition.status,
      conditions: withCondition(definition.status?.conditions, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message }, now),
    },
  })
}
