// What a pod's status means to the controllers.
import type { Pod, PodCondition } from '../api/types/core-v1.ts'

export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
/** Counts towards its controller's replicas. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !pod.metadata.deletionTimestamp
export const isTerminating = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined

export const readyCondition = (pod: Pod): PodCondition | undefined => pod.status?.conditions?.find(c => c.type === 'Ready')
export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True'

/** When the pod has been ready for `minReadySeconds`; undefined while it is not ready. */
export const availableAtMs = (pod: Pod, minReadySeconds: number): number | undefined => {
  const ready = readyCondition(pod)
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  return ready.lastTransitionTime === undefined ? undefined : Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000
}
export const isAvailable = (pod: Pod, minReadySeconds: number, nowMs: number): boolean => {
  const atMs = availableAtMs(pod, minReadySeconds)
  return atMs !== undefined && atMs <= nowMs
}
