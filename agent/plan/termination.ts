// Whether and how a pod has to end: pure.
import type { Pod, PodStatus } from '../../api/types/core-v1.ts'
import type { Termination } from './types.ts'

export interface TerminationInput {
  readonly pod: Pod
  readonly gone: boolean
  readonly rejection: { readonly reason: string; readonly message: string } | undefined
  readonly status: PodStatus | undefined
  /** When this agent first saw that the pod is to go. */
  readonly sinceMs: number | undefined
  /** When the worker began: a deletion older than that was being carried out by an earlier agent. */
  readonly bornMs: number
  readonly nowMs: number
}

const leastGraceSeconds = 1

export const computeTermination = (input: TerminationInput): { termination?: Termination } => {
  const { pod, gone, rejection, status, nowMs } = input
  const ownGrace = pod.spec.terminationGracePeriodSeconds ?? 30
  if (pod.metadata.deletionTimestamp !== undefined || gone) {
    const reason = status?.phase === 'Failed' && status.reason ? { reason: status.reason, ...(status.message && { message: status.message }) } : {}
    return { termination: { why: 'deleted', graceSeconds: deletionGrace(input), ...reason } }
  }
  if (rejection) return { termination: { why: 'rejected', graceSeconds: 0, reason: rejection.reason, message: rejection.message } }
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return { termination: { why: 'completed', graceSeconds: ownGrace } }
  const seconds = pod.spec.activeDeadlineSeconds
  if (seconds !== undefined && status?.startTime && nowMs >= Date.parse(status.startTime) + seconds * 1000) {
    return {
      termination: {
        why: 'deadline',
        graceSeconds: ownGrace,
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      },
    }
  }
  return {}
}

/** The seconds still left of the grace, counted from when this agent saw the deletion, or from the deletion itself after a restart. */
const deletionGrace = ({ pod, gone, sinceMs, bornMs, nowMs }: TerminationInput): number => {
  if (gone) return leastGraceSeconds
  const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
  const begunMs = Date.parse(pod.metadata.deletionTimestamp!) - grace * 1000
  // deletionTimestamp has whole seconds; only a clearly earlier deletion counts as an earlier agent's.
  const from = begunMs < bornMs - 2000 ? begunMs : (sinceMs ?? nowMs)
  return Math.max(grace > 0 ? leastGraceSeconds : 0, Math.round(grace - (nowMs - from) / 1000))
}
