// A ReplicaSet's status from its pods. Pure.
import { compileLabelSelector } from '../../api/selectors.ts'
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/types/apps-v1.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import { toTime } from '../../base/clock.ts'
import { availableAtMs, isAvailable, isReady } from '../pod-state.ts'

export interface ManageFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly message: string
}

const conditions = (old: readonly ReplicaSetCondition[], failure: ManageFailure | undefined, nowMs: number): ReplicaSetCondition[] => {
  const others = old.filter(c => c.type !== 'ReplicaFailure')
  if (!failure) return others
  const before = old.find(c => c.type === 'ReplicaFailure' && c.status === 'True' && c.reason === failure.reason)
  return [...others, before ?? { type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: failure.message, lastTransitionTime: toTime(nowMs) }]
}

export const computeReplicaSetStatus = (
  rs: ReplicaSet,
  active: readonly Pod[],
  terminatingCount: number,
  failure: ManageFailure | undefined,
  nowMs: number,
): ReplicaSetStatus => {
  const template = compileLabelSelector({ matchLabels: rs.spec.template?.metadata?.labels ?? {} })
  const minReady = rs.spec.minReadySeconds ?? 0
  const found = conditions(rs.status?.conditions ?? [], failure, nowMs)
  const count = (test: (pod: Pod) => boolean): number => active.reduce((n, pod) => n + (test(pod) ? 1 : 0), 0)
  return {
    replicas: active.length,
    fullyLabeledReplicas: count(p => template.matches(p.metadata.labels ?? {})),
    readyReplicas: count(isReady),
    availableReplicas: count(p => isAvailable(p, minReady, nowMs)),
    terminatingReplicas: terminatingCount,
    ...(rs.metadata.generation !== undefined && { observedGeneration: rs.metadata.generation }),
    ...(found.length && { conditions: found }),
  }
}

/** Milliseconds until the next ready pod becomes available; undefined when none is waiting for that. */
export const untilNextAvailableMs = (pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined => {
  let next: number | undefined
  for (const pod of pods) {
    const atMs = availableAtMs(pod, minReadySeconds)
    if (atMs !== undefined && atMs > nowMs && (next === undefined || atMs < next)) next = atMs
  }
  return next === undefined ? undefined : next - nowMs
}

const counted = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas', 'observedGeneration'] as const
/** Zero and absent are the same on the wire. */
export const sameStatus = (a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean =>
  counted.every(field => (a?.[field] ?? 0) === (b[field] ?? 0)) && JSON.stringify(a?.conditions ?? []) === JSON.stringify(b.conditions ?? [])
