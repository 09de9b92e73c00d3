// Which pods go first when there are too many: upstream's order (ActivePodsWithRanks). Pure.
import type { Pod } from '../../api/types/core-v1.ts'
import { isReady, readyCondition } from '../pod-state.ts'

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

const deletionCost = (pod: Pod): number => {
  const value = pod.metadata.annotations?.[costAnnotation]
  return value !== undefined && /^(0|-?[1-9]\d*)$/.test(value) ? Number(value) : 0
}
const restarts = (pod: Pod): number => (pod.status?.containerStatuses ?? []).reduce((most, s) => Math.max(most, s.restartCount), 0)
/** Ages in powers of two, so that pods of about the same age are drawn by chance (their uid). Unknown is youngest. */
const ageRank = (time: string | undefined, nowMs: number): number => {
  if (time === undefined) return -1
  const ageMs = nowMs - Date.parse(time)
  return ageMs < 1 ? -1 : Math.floor(Math.log2(ageMs * 1e6))
}

/** All pods, those to be deleted first in front. `neighbours`: how many pods of the same owner are on a pod's node. */
export const rankForDeletion = (pods: readonly Pod[], neighbours: (node: string) => number, nowMs: number): Pod[] => {
  const keys = new Map(
    pods.map(pod => [
      pod,
      [
        pod.spec.nodeName ? 1 : 0,
        phaseOrder[pod.status?.phase ?? ''] ?? 0,
        isReady(pod) ? 1 : 0,
        deletionCost(pod),
        -(pod.spec.nodeName ? neighbours(pod.spec.nodeName) : 0),
        isReady(pod) ? ageRank(readyCondition(pod)?.lastTransitionTime, nowMs) : 0,
        -restarts(pod),
        ageRank(pod.metadata.creationTimestamp, nowMs),
      ],
    ]),
  )
  const compare = (a: Pod, b: Pod): number => {
    const [x, y] = [keys.get(a)!, keys.get(b)!]
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!
    return (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1
  }
  return pods.toSorted(compare)
}
