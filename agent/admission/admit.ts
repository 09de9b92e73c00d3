// Whether the node takes a pod that was bound to it: pure. The scheduler has looked already; static pods and races have not.
import { podRequests } from '../../api/pod-resources.ts'
import { addQuantities, byteValue, compareQuantities, milliValue, quantitySign } from '../../api/quantity.ts'
import { addTo, type ResourceList } from '../../api/resource-list.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import type { PendingResize } from '../plan/types.ts'

export interface AdmitFacts {
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  /** Pods on the node that take up room, without this one. */
  readonly others: readonly Pod[]
}

const counted = ['cpu', 'memory', 'ephemeral-storage'] as const

export const admit = (pod: Pod, { nodeLabels, allocatable, others }: AdmitFacts): { reason: string; message: string } | undefined => {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) {
    if (nodeLabels[key] !== value)
      return { reason: 'NodeAffinity', message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }
  }
  if (pod.spec.os?.name && pod.spec.os.name !== 'linux')
    return { reason: 'PodOSNotSupported', message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS" }
  const pods = byteValue(allocatable['pods'] ?? '0')
  if (others.length + 1 > pods) return outOf('pods', 1, others.length, pods)
  const short = findShortage(pod, allocatable, others)
  return short && outOf(short.name, short.wanted, short.used, short.capacity)
}

/** Why a pod that runs already cannot have what it asks for now: for ever, or until others make room. */
export const admitResize = (pod: Pod, { allocatable, others }: Pick<AdmitFacts, 'allocatable' | 'others'>): PendingResize | undefined => {
  const never = findShortage(pod, allocatable, [])
  if (never)
    return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${never.name}, requested: ${never.wanted}, capacity: ${never.capacity}` }
  const short = findShortage(pod, allocatable, others)
  return short && { reason: 'Deferred', message: shortageText(short.name, short.wanted, short.used, short.capacity) }
}

const findShortage = (
  pod: Pod,
  allocatable: AdmitFacts['allocatable'],
  others: readonly Pod[],
): { name: string; wanted: number; used: number; capacity: number } | undefined => {
  const requests = podRequests(pod)
  const used: ResourceList = {}
  for (const other of others) addTo(used, podRequests(other))
  for (const name of counted) {
    const wanted = requests[name]
    const capacity = allocatable[name] ?? '0'
    if (!wanted || quantitySign(wanted) <= 0) continue
    if (compareQuantities(addQuantities(wanted, used[name] ?? '0'), capacity) <= 0) continue
    const amount = name === 'cpu' ? milliValue : byteValue
    return { name, wanted: amount(wanted), used: amount(used[name] ?? '0'), capacity: amount(capacity) }
  }
  return undefined
}

const shortageText = (name: string, wanted: number, used: number, capacity: number): string =>
  `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`

const outOf = (name: string, wanted: number, used: number, capacity: number): { reason: string; message: string } => ({
  reason: `OutOf${name}`,
  message: `Pod was rejected: ${shortageText(name, wanted, used, capacity)}`,
})
