// Whether the node takes a pod that was bound to it: pure. The scheduler has looked already; static pods and races have not.
import type { Pod } from '../../api/types/core-v1.ts'
import { isSidecar } from '../plan/restart.ts'
import { toAmount } from '../quantities.ts'

export interface AdmitFacts {
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  /** Pods on the node that take up room, without this one. */
  readonly others: readonly Pod[]
}

const counted = ['cpu', 'memory', 'ephemeral-storage'] as const

/** The larger of what the init containers need one by one and what runs together, plus the overhead. */
export const toRequest = (pod: Pod, name: string): number => {
  const of = (c: { resources?: { requests?: Record<string, string> } }): number => toAmount(c.resources?.requests?.[name])
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).reduce((sum, c) => sum + of(c), 0)
  const together = sidecars + pod.spec.containers.reduce((sum, c) => sum + of(c), 0)
  let running = 0
  let largest = 0
  for (const c of pod.spec.initContainers ?? []) {
    if (isSidecar(c)) running += of(c)
    else largest = Math.max(largest, running + of(c))
  }
  const own = pod.spec.resources?.requests?.[name]
  return (own === undefined ? Math.max(together, largest) : toAmount(own)) + toAmount(pod.spec.overhead?.[name])
}

export const admit = (pod: Pod, { nodeLabels, allocatable, others }: AdmitFacts): { reason: string; message: string } | undefined => {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) {
    if (nodeLabels[key] !== value)
      return { reason: 'NodeAffinity', message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }
  }
  if (pod.spec.os?.name && pod.spec.os.name !== 'linux')
    return { reason: 'PodOSNotSupported', message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS" }
  const pods = toAmount(allocatable['pods'])
  if (others.length + 1 > pods) return outOf('pods', 1, others.length, pods)
  for (const name of counted) {
    const wanted = toRequest(pod, name)
    const used = others.reduce((sum, other) => sum + toRequest(other, name), 0)
    const capacity = toAmount(allocatable[name])
    const unit = name === 'cpu' ? 1000 : 1
    if (wanted > 0 && wanted + used > capacity * (1 + Number.EPSILON)) return outOf(name, wanted * unit, used * unit, capacity * unit)
  }
  return undefined
}

const outOf = (name: string, wanted: number, used: number, capacity: number): { reason: string; message: string } => ({
  reason: `OutOf${name}`,
  message: `Pod was rejected: Node didn't have enough resource: ${name}, requested: ${Math.round(wanted)}, used: ${Math.round(used)}, capacity: ${Math.round(capacity)}`,
})
