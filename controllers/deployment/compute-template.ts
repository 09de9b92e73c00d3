// Which ReplicaSet carries a Deployment's template, and the hash that tells templates apart. Pure.
import type { Deployment, ReplicaSet } from '../../api/types/apps-v1.ts'
import type { PodTemplateSpec } from '../../api/types/core-v1.ts'
import { oldestFirst } from './plan-rollout.ts'

export const hashLabel = 'pod-template-hash'
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** JSON with sorted keys, without what means nothing: null, empty objects and lists. */
const canonical = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return value.length ? `[${value.map(v => canonical(v) ?? 'null').join(',')}]` : undefined
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value)
    .map(([k, v]) => [k, canonical(v)] as const)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return fields.length ? `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(',')}}` : undefined
}

const comparable = (template: PodTemplateSpec | undefined): string => {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {}
  return canonical({ ...template, metadata: { ...template?.metadata, labels } }) ?? ''
}

export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean => comparable(a) === comparable(b)

/** FNV-1a of the template and the collision count, in characters that spell no words. */
export const computeHash = (template: PodTemplateSpec, collisionCount = 0): string => {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(comparable(template) + (collisionCount ? String(collisionCount) : ''))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return String(hash).replaceAll(/\d/g, digit => alphabet[digit.charCodeAt(0) % alphabet.length]!)
}

/** The ReplicaSet with the current template; of several (should not be) the oldest. */
export const findNewReplicaSet = (d: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined => {
  const wanted = comparable(d.spec.template)
  return sets.toSorted(oldestFirst).find(rs => comparable(rs.spec.template) === wanted)
}
