// Quality of service class: pure. Guaranteed: every container has cpu and memory limits equal to its requests; BestEffort: none has any.
import type { Pod, ResourceRequirements } from '../../api/types/core-v1.ts'
import { toAmount } from '../quantities.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const counted = ['cpu', 'memory'] as const

export const toQosClass = (pod: Pod): QosClass => {
  if (pod.status?.qosClass) return pod.status.qosClass as QosClass
  const all: (ResourceRequirements | undefined)[] =
    pod.spec.resources && hasAny(pod.spec.resources) ? [pod.spec.resources] : [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(c => c.resources)
  if (!all.some(hasAny)) return 'BestEffort'
  const guaranteed = all.every(r =>
    counted.every(name => {
      const limit = r?.limits?.[name]
      return limit !== undefined && positive(limit) && toAmount(r?.requests?.[name] ?? limit) === toAmount(limit)
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const hasAny = (r: ResourceRequirements | undefined): boolean => counted.some(name => positive(r?.requests?.[name]) || positive(r?.limits?.[name]))

const positive = (quantity: string | undefined): boolean => toAmount(quantity) > 0
