// The phase of a pod from the states of its containers: pure, upstream's rules.
import type { ContainerStatus, Pod } from '../../api/types/core-v1.ts'
import { isSidecar } from '../plan/restart.ts'

export const toPhase = (pod: Pod, init: readonly ContainerStatus[], containers: readonly ContainerStatus[], ended: boolean): string => {
  const policy = pod.spec.restartPolicy ?? 'Always'
  let pendingInit = 0
  let failedInit = 0
  for (const [i, c] of (pod.spec.initContainers ?? []).entries()) {
    const status = init[i]
    if (isSidecar(c)) {
      if (!status?.started && !status?.state?.terminated && !ended) pendingInit++
      continue
    }
    const end = status?.state?.terminated ?? status?.lastState?.terminated
    if (!end || status?.state?.running) pendingInit++
    else if (end.exitCode !== 0) {
      if (policy === 'Never' || c.restartPolicy === 'Never') failedInit++
      else pendingInit++
    }
  }
  const count = { running: 0, waiting: 0, stopped: 0, succeeded: 0 }
  for (const { state, lastState } of containers) {
    if (state?.running) count.running++
    else if (state?.terminated) {
      count.stopped++
      if (state.terminated.exitCode === 0) count.succeeded++
    } else if (lastState?.terminated) count.stopped++
    else count.waiting++
  }
  if (failedInit) return 'Failed'
  if (ended) {
    const all = count.running + count.waiting + count.stopped
    return all > 0 && count.stopped === all && count.succeeded === all && !pendingInit ? 'Succeeded' : 'Failed'
  }
  // Regular containers that ran prove that initialization was over.
  if (pendingInit && !count.running && !count.stopped) return 'Pending'
  if (count.waiting) return 'Pending'
  if (count.running) return 'Running'
  if (!count.stopped || policy === 'Always') return count.stopped ? 'Running' : 'Pending'
  if (count.stopped === count.succeeded) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}
