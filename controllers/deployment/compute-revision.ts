// Revisions and the annotations that Deployments and their ReplicaSets share. Pure.
import type { Deployment, ReplicaSet } from '../../api/types/apps-v1.ts'
import { desiredAnnotation, maxAnnotation, maxSurgeOf, replicasOf } from './plan-rollout.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const historyAnnotation = 'deployment.kubernetes.io/revision-history'
/** Annotations that are each object's own. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

export const revisionOf = (o: { metadata: { annotations?: Record<string, string> } }): number => {
  const text = o.metadata.annotations?.[revisionAnnotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}
export const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((most, rs) => Math.max(most, revisionOf(rs)), 0)

export const sizeAnnotations = (d: Deployment): Record<string, string> => ({
  [desiredAnnotation]: String(replicasOf(d)),
  [maxAnnotation]: String(replicasOf(d) + maxSurgeOf(d)),
})

/** What the ReplicaSet of the current template should carry. A revision it had before goes into its history. */
export const newReplicaSetAnnotations = (d: Deployment, rs: ReplicaSet | undefined, revision: number): Record<string, string> => {
  const own = rs?.metadata.annotations ?? {}
  const copied = Object.fromEntries(Object.entries(d.metadata.annotations ?? {}).filter(([name]) => !notCopied.has(name)))
  const result: Record<string, string> = { ...own, ...copied }
  const before = rs ? revisionOf(rs) : 0
  if (before < revision) {
    result[revisionAnnotation] = String(revision)
    if (before > 0) {
      const history = own[historyAnnotation]
      result[historyAnnotation] = history ? `${history},${before}` : String(before)
    }
  }
  return rs ? result : { ...result, ...sizeAnnotations(d) }
}

/** Old ReplicaSets beyond the limit that nobody uses, the lowest revisions first. */
export const planCleanup = (d: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] => {
  const limit = d.spec.revisionHistoryLimit ?? 10
  const alive = old.filter(rs => !rs.metadata.deletionTimestamp)
  const excess = alive.length - limit
  if (excess <= 0) return []
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, excess)
    .filter(rs => (rs.status?.replicas ?? 0) === 0 && replicasOf(rs) === 0 && (rs.metadata.generation ?? 0) <= (rs.status?.observedGeneration ?? 0))
}
