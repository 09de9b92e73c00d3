// The arithmetic of a rollout: how many replicas each ReplicaSet should have next. Pure, upstream's rounding exactly.
import type { Deployment, ReplicaSet } from '../../api/types/apps-v1.ts'

export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas'

/** A ReplicaSet is to have this many replicas. */
export interface ScaleStep {
  readonly rs: ReplicaSet
  readonly replicas: number
}

export const replicasOf = (o: { spec: { replicas?: number } }): number => o.spec.replicas ?? 1
export const sumReplicas = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + replicasOf(rs), 0)
const availableOf = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0
export const sumAvailable = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + availableOf(rs), 0)

const scaled = (value: number | string | undefined, total: number, round: (n: number) => number): number =>
  typeof value === 'string' && value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value ?? 0)

/** Surge rounds up, unavailable down; both zero would stand still, so one may be unavailable. */
export const resolveFenceposts = (
  maxSurge: number | string | undefined,
  maxUnavailable: number | string | undefined,
  desired: number,
): { surge: number; unavailable: number } => {
  const surge = scaled(maxSurge, desired, Math.ceil)
  const unavailable = scaled(maxUnavailable, desired, Math.floor)
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}
export const isRolling = (d: Deployment): boolean => (d.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
const fenceposts = (d: Deployment): { surge: number; unavailable: number } => {
  const { maxSurge = '25%', maxUnavailable = '25%' } = d.spec.strategy?.rollingUpdate ?? {}
  return resolveFenceposts(maxSurge, maxUnavailable, replicasOf(d))
}
export const maxSurgeOf = (d: Deployment): number => (isRolling(d) ? fenceposts(d).surge : 0)
export const maxUnavailableOf = (d: Deployment): number => (isRolling(d) && replicasOf(d) > 0 ? Math.min(fenceposts(d).unavailable, replicasOf(d)) : 0)

const created = (rs: ReplicaSet): number => Date.parse(rs.metadata.creationTimestamp ?? '') || 0
const byName = (a: ReplicaSet, b: ReplicaSet): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)
export const oldestFirst = (a: ReplicaSet, b: ReplicaSet): number => created(a) - created(b) || byName(a, b)

/** Pods that a ReplicaSet has or will have: one that was just shrunk still has its old ones (upstream looks at the spec alone and overshoots). */
const sumHeld = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + Math.max(replicasOf(rs), rs.status?.replicas ?? 0), 0)

/** How many replicas the new ReplicaSet gets now, given all of them. */
export const newReplicas = (d: Deployment, all: readonly ReplicaSet[], current: number): number => {
  const desired = replicasOf(d)
  if (!isRolling(d)) return desired
  const room = desired + maxSurgeOf(d) - sumHeld(all)
  return room <= 0 ? current : current + Math.min(room, desired - current)
}

export const planNewReplicaSet = (d: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet): ScaleStep | undefined => {
  const [have, want] = [replicasOf(fresh), replicasOf(d)]
  if (have === want) return undefined
  const replicas = have > want ? want : newReplicas(d, all, have)
  return replicas === have ? undefined : { rs: fresh, replicas }
}

/** Old ReplicaSets shrink: pods that are not available first (they serve nobody), then as many as the new ones make up for. */
export const planOldReplicaSets = (d: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet): ScaleStep[] => {
  if (sumReplicas(old) === 0) return []
  const all = [...old, fresh]
  const minAvailable = replicasOf(d) - maxUnavailableOf(d)
  const freshUnavailable = replicasOf(fresh) - availableOf(fresh)
  const removable = sumReplicas(all) - minAvailable - freshUnavailable
  if (removable <= 0) return []

  const left = new Map(old.map(rs => [rs, replicasOf(rs)]))
  const sorted = old.toSorted(oldestFirst)
  let cleaned = 0
  for (const rs of sorted) {
    const unhealthy = Math.max(0, left.get(rs)! - availableOf(rs))
    const count = Math.min(removable - cleaned, unhealthy)
    if (count <= 0) continue
    left.set(rs, left.get(rs)! - count)
    cleaned += count
  }
  // A pod beyond the spec is about to go, available or not: counted, it would let another one go too early.
  let spare = all.reduce((n, rs) => n + Math.min(availableOf(rs), replicasOf(rs)), 0) - minAvailable
  for (const rs of sorted) {
    if (spare <= 0) break
    const count = Math.min(left.get(rs)!, spare)
    left.set(rs, left.get(rs)! - count)
    spare -= count
  }
  return sorted.filter(rs => left.get(rs) !== replicasOf(rs)).map(rs => ({ rs, replicas: left.get(rs)! }))
}

const annotated = (rs: ReplicaSet, name: string): number | undefined => {
  const text = rs.metadata.annotations?.[name]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** Did somebody change spec.replicas since the ReplicaSets were last sized? */
export const isScalingEvent = (d: Deployment, all: readonly ReplicaSet[]): boolean =>
  all.some(rs => {
    const desired = annotated(rs, desiredAnnotation)
    return replicasOf(rs) > 0 && desired !== undefined && desired !== replicasOf(d)
  })

const isSaturated = (d: Deployment, rs: ReplicaSet | undefined): boolean =>
  rs !== undefined && replicasOf(rs) === replicasOf(d) && annotated(rs, desiredAnnotation) === replicasOf(d) && availableOf(rs) === replicasOf(d)

const roundHalfAway = (n: number): number => Math.trunc(n < 0 ? n - 0.5 : n + 0.5)

/** A ReplicaSet's fair part of `toAdd`, of which `added` is given out. */
const proportion = (d: Deployment, rs: ReplicaSet, toAdd: number, added: number): number => {
  if (replicasOf(rs) === 0 || toAdd === 0 || toAdd === added) return 0
  const maxNow = replicasOf(d) + maxSurgeOf(d)
  const maxBefore = annotated(rs, maxAnnotation) || (d.status?.replicas ?? 0)
  const share = replicasOf(d) === 0 ? -replicasOf(rs) : maxBefore === 0 ? 0 : roundHalfAway((replicasOf(rs) * maxNow) / maxBefore) - replicasOf(rs)
  const allowed = toAdd - added
  return toAdd > 0 ? Math.min(share, allowed) : Math.max(share, allowed)
}

/** What a change of spec.replicas means while a rollout is under way: everybody grows or shrinks in proportion. */
export const planScaling = (d: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet | undefined): ScaleStep[] => {
  const all = fresh ? [...old, fresh] : [...old]
  const active = all.filter(rs => replicasOf(rs) > 0)
  // Nothing active: the new one, or else the latest.
  const only = active.length === 1 ? active[0] : active.length === 0 ? (fresh ?? old.toSorted(oldestFirst).at(-1)) : undefined
  if (only) return [{ rs: only, replicas: replicasOf(d) }]
  if (isSaturated(d, fresh)) return old.filter(rs => replicasOf(rs) > 0).map(rs => ({ rs, replicas: 0 }))
  if (!isRolling(d)) return []

  const allowed = replicasOf(d) > 0 ? replicasOf(d) + maxSurgeOf(d) : 0
  const toAdd = allowed - sumReplicas(active)
  const sorted = active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? oldestFirst(b, a) : oldestFirst(a, b)))
  let added = 0
  const sizes = sorted.map(rs => {
    const part = toAdd === 0 ? 0 : proportion(d, rs, toAdd, added)
    added += part
    return replicasOf(rs) + part
  })
  if (toAdd !== 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added)
  return sorted.map((rs, i) => ({ rs, replicas: sizes[i]! }))
}
