// Events that follow from a change of a pod's status, in upstream's words: pure.
import type { ContainerStatus, Pod, PodStatus } from '../../api/types/core-v1.ts'
import { formatPod } from '../pod-config/names.ts'

export interface StatusEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The container that it is about. */
  readonly container?: string
}

const allOf = (status: PodStatus | undefined): ContainerStatus[] => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]

const isHeldBack = (status: ContainerStatus | undefined): boolean => status?.state?.waiting?.reason === 'CrashLoopBackOff'

export const toStatusEvents = (pod: Pod, before: PodStatus | undefined, after: PodStatus): StatusEvent[] => {
  const events: StatusEvent[] = allOf(after)
    .filter(now => isHeldBack(now) && !isHeldBack(allOf(before).find(({ name }) => name === now.name)))
    .map(({ name }) => ({
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${name} in pod ${formatPod(pod)}`,
      container: name,
    }))
  if (after.reason && after.reason !== before?.reason) {
    const message = (after.message ?? '').replace(/^Pod was rejected: /, '')
    events.push({ type: after.reason === 'DeadlineExceeded' ? 'Normal' : 'Warning', reason: after.reason, message })
  }
  return events
}
