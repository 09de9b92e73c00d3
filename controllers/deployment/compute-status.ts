// A Deployment's status and conditions from its ReplicaSets. Pure.
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/types/apps-v1.ts'
import { toTime } from '../../base/clock.ts'
import { maxUnavailableOf, replicasOf, sumAvailable, sumReplicas } from './plan-rollout.ts'

export type Conditions = readonly DeploymentCondition[]
const unlimited = 2 ** 31 - 1

export const findCondition = (conditions: Conditions | undefined, type: string): DeploymentCondition | undefined => conditions?.find(c => c.type === type)

/** Same status and reason: the old one stays as it is. Same status: its transition time stays. */
export const withCondition = (conditions: Conditions, type: string, status: string, reason: string, message: string, nowMs: number): Conditions => {
  const old = findCondition(conditions, type)
  if (old && old.status === status && old.reason === reason) return conditions
  const now = toTime(nowMs)
  const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now
  return [...conditions.filter(c => c.type !== type), { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }]
}

export const progressDeadlineMs = (d: Deployment): number | undefined => {
  const seconds = d.spec.progressDeadlineSeconds
  return seconds === undefined || seconds === unlimited ? undefined : seconds * 1000
}

const sumStatus = (sets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas' | 'terminatingReplicas'): number =>
  sets.reduce((n, rs) => n + (rs.status?.[field] ?? 0), 0)

/** Counts, and the Available condition; other conditions as they are. */
export const computeStatus = (d: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet | undefined, nowMs: number): DeploymentStatus => {
  const available = sumAvailable(all)
  const enough = available >= replicasOf(d) - maxUnavailableOf(d)
  return {
    ...(d.metadata.generation !== undefined && { observedGeneration: d.metadata.generation }),
    replicas: sumStatus(all, 'replicas'),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sumStatus(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sumReplicas(all) - available),
    terminatingReplicas: sumStatus(all, 'terminatingReplicas'),
    ...(d.status?.collisionCount !== undefined && { collisionCount: d.status.collisionCount }),
    conditions: [
      ...withCondition(
        d.status?.conditions ?? [],
        'Available',
        enough ? 'True' : 'False',
        enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
        nowMs,
      ),
    ],
  }
}

export const isComplete = (d: Deployment, s: DeploymentStatus): boolean =>
  s.updatedReplicas === replicasOf(d) &&
  s.replicas === replicasOf(d) &&
  s.availableReplicas === replicasOf(d) &&
  (s.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)

const isProgressing = (before: DeploymentStatus, now: DeploymentStatus): boolean => {
  const n = (value: number | undefined): number => value ?? 0
  return (
    n(now.updatedReplicas) > n(before.updatedReplicas) ||
    n(now.replicas) - n(now.updatedReplicas) < n(before.replicas) - n(before.updatedReplicas) ||
    n(now.readyReplicas) > n(before.readyReplicas) ||
    n(now.availableReplicas) > n(before.availableReplicas)
  )
}

/** When the rollout, if it makes no step until then, has failed. Undefined: never, or already, or it is done. */
export const deadlineAtMs = (d: Deployment, conditions: Conditions | undefined): number | undefined => {
  const deadlineMs = progressDeadlineMs(d)
  const progressing = findCondition(conditions, 'Progressing')
  if (deadlineMs === undefined || !progressing || progressing.reason === 'ProgressDeadlineExceeded' || progressing.reason === 'NewReplicaSetAvailable')
    return undefined
  return Date.parse(progressing.lastUpdateTime ?? '') + deadlineMs
}

/** The status during a rollout: counts, Progressing, and a failure that a ReplicaSet reports. */
export const computeRolloutStatus = (d: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet | undefined, nowMs: number): DeploymentStatus => {
  const status = computeStatus(d, all, fresh, nowMs)
  let conditions: Conditions = status.conditions ?? []
  const current = findCondition(d.status?.conditions, 'Progressing')
  const name = (verb: string): string => (fresh ? `ReplicaSet "${fresh.metadata.name}" ${verb}` : `Deployment "${d.metadata.name}" ${verb}`)
  if (progressDeadlineMs(d) === undefined) conditions = conditions.filter(c => c.type !== 'Progressing')
  else if (!(status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable')) {
    const dueMs = deadlineAtMs(d, d.status?.conditions)
    if (isComplete(d, status))
      conditions = withCondition(conditions, 'Progressing', 'True', 'NewReplicaSetAvailable', name('has successfully progressed.'), nowMs)
    else if (isProgressing(d.status ?? {}, status)) {
      // Every step starts the deadline anew: the condition is replaced even where only its time changes.
      const now = toTime(nowMs)
      const lastTransitionTime = current?.status === 'True' ? (current.lastTransitionTime ?? now) : now
      conditions = [
        ...conditions.filter(c => c.type !== 'Progressing'),
        { type: 'Progressing', status: 'True', lastUpdateTime: now, lastTransitionTime, reason: 'ReplicaSetUpdated', message: name('is progressing.') },
      ]
    } else if (current?.reason === 'ProgressDeadlineExceeded' || (dueMs !== undefined && dueMs < nowMs))
      conditions = withCondition(conditions, 'Progressing', 'False', 'ProgressDeadlineExceeded', name('has timed out progressing.'), nowMs)
  }
  const failure = [...(fresh ? [fresh] : []), ...all.filter(rs => rs !== fresh)]
    .flatMap(rs => rs.status?.conditions ?? [])
    .find(c => c.type === 'ReplicaFailure')
  conditions = failure
    ? withCondition(conditions, 'ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? '', nowMs)
    : conditions.filter(c => c.type !== 'ReplicaFailure')
  return { ...status, conditions: [...conditions] }
}

const counted = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
] as const
const sorted = (conditions: Conditions | undefined): string =>
  JSON.stringify(
    (conditions ?? [])
      .map(c => [c.type, c.status, c.reason, c.message, c.lastUpdateTime, c.lastTransitionTime])
      .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
  )
/** Zero and absent are the same on the wire. */
export const sameStatus = (a: DeploymentStatus | undefined, b: DeploymentStatus): boolean =>
  counted.every(field => (a?.[field] ?? 0) === (b[field] ?? 0)) && sorted(a?.conditions) === sorted(b.conditions)
