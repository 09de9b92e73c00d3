// Kubernetes' requests and limits as what the kernel's cgroups take: pure.
import { podQosClass } from '../../api/kinds/core/pod-qos.ts'
import { byteValue, milliValue } from '../../api/quantity.ts'
import type { Container, Pod } from '../../api/types/core-v1.ts'
import type { CriLinuxResources } from '../cri/messages.ts'

const periodUs = 100_000
const minShares = 2
const maxShares = 262_144
const systemNodeCritical = 2_000_001_000

export const toCpuShares = (millis: number): number => (millis <= 0 ? minShares : Math.min(maxShares, Math.max(minShares, Math.floor((millis * 1024) / 1000))))
/** Undefined: no limit. The kernel takes no quota below a millisecond. */
export const toCpuQuota = (millis: number): number | undefined => (millis <= 0 ? undefined : Math.max(1000, Math.floor((millis * periodUs) / 1000)))

export interface ResourceFacts {
  readonly memoryCapacity: number
  readonly cgroupV2: boolean
}

export const toLinuxResources = (pod: Pod, container: Container, facts: ResourceFacts): CriLinuxResources => {
  const { requests = {}, limits = {} } = container.resources ?? {}
  // A limit without a request is a request of the same size (the API server defaults it so).
  const cpu = milliValue(requests['cpu'] ?? limits['cpu'] ?? '0')
  const quota = toCpuQuota(milliValue(limits['cpu'] ?? '0'))
  const memory = byteValue(limits['memory'] ?? '0')
  return {
    cpuPeriod: periodUs,
    ...(quota !== undefined && { cpuQuota: quota }),
    cpuShares: toCpuShares(cpu),
    ...(memory > 0 && { memoryLimitInBytes: memory }),
    oomScoreAdj: toOomScoreAdj(pod, container, facts.memoryCapacity),
    // One process killed by the OOM killer takes its container along, so that nothing half-dead stays.
    ...(facts.cgroupV2 && { unified: { 'memory.oom.group': '1' } }),
  }
}

export const toOomScoreAdj = (pod: Pod, container: Container, memoryCapacity: number): number => {
  if ((pod.spec.priority ?? 0) >= systemNodeCritical) return -997
  const qos = podQosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  const requested = byteValue(container.resources?.requests?.['memory'] ?? '0')
  const score = 1000 - Math.floor((1000 * requested) / Math.max(memoryCapacity, 1))
  return score < 3 ? 3 : Math.min(score, 999)
}
