// The status of a pod as a pure function of what is wanted and seen. `old` is the last status known (API or own), for what must not
// move: startTime, transition times, and the states of containers whose records are gone.
import { toTime } from '../../base/clock.ts'
import { podQosClass } from '../../api/kinds/core/pod-qos.ts'
import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/types/core-v1.ts'
import { isCompleted } from '../plan/plan.ts'
import { isSidecar, latest } from '../plan/restart.ts'
import type { Seen, SeenContainer, Want } from '../plan/types.ts'
import { toConditions } from './conditions.ts'
import { toContainerStatus } from './container-status.ts'
import { toPhase } from './phase.ts'

export interface HostFacts {
  readonly ips: readonly string[]
}

export const toPodStatus = (want: Want, seen: Seen, host: HostFacts, old: PodStatus | undefined, nowMs: number): PodStatus => {
  const { pod, termination } = want
  const startTime = old?.startTime ?? toTime(nowMs)
  if (termination?.why === 'rejected') return toRejected(pod, termination.reason, termination.message, startTime)
  const alive = seen.containers.some(c => c.state === 'running' || c.state === 'unknown')
  const ending = want.remove || !!termination
  const completed = isCompleted(pod, seen)
  const initializing = isInitializing(pod, seen)
  const previous = (list: readonly ContainerStatus[] | undefined, name: string): ContainerStatus | undefined => list?.find(c => c.name === name)
  const convert = (list: readonly Container[] | undefined, oldList: readonly ContainerStatus[] | undefined, init: boolean): ContainerStatus[] =>
    (list ?? []).map(c => toContainerStatus(pod, c, { init, initializing, ending: ending || completed }, seen, previous(oldList, c.name), nowMs))
  const init = convert(pod.spec.initContainers, old?.initContainerStatuses, true)
  const containers = convert(pod.spec.containers, old?.containerStatuses, false)
  const ephemeral = convert(pod.spec.ephemeralContainers, old?.ephemeralContainerStatuses, false)
  // Upstream never leaves a terminal phase, and enters it only when nothing runs any more.
  const terminal = old?.phase === 'Succeeded' || old?.phase === 'Failed' ? old.phase : undefined
  const phase = terminal ?? (ending && !alive ? toPhase(pod, init, containers, true) : notYetTerminal(toPhase(pod, init, containers, false), alive, pod, seen))
  const ips = pod.spec.hostNetwork ? (seen.sandboxes.length ? host.ips : []) : (seen.sandboxes[0]?.ips ?? [])
  const shownIps = ips.length ? ips : (old?.podIPs ?? []).map(({ ip }) => ip)
  return {
    conditions: toConditions({ pod, seen, phase, init, containers, pendingResize: want.pendingResize }, old?.conditions ?? [], nowMs),
    containerStatuses: containers,
    ...(ephemeral.length && { ephemeralContainerStatuses: ephemeral }),
    ...(host.ips.length && { hostIP: host.ips[0]!, hostIPs: host.ips.map(ip => ({ ip })) }),
    ...(init.length && { initContainerStatuses: init }),
    ...((termination?.reason ?? (terminal && old?.reason)) && { reason: termination?.reason ?? old!.reason! }),
    ...((termination?.message ?? (terminal && old?.message)) && { message: termination?.message ?? old!.message! }),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    ...(shownIps.length && { podIP: shownIps[0]!, podIPs: shownIps.map(ip => ({ ip })) }),
    qosClass: podQosClass(pod),
    startTime,
  }
}

/** Sidecars still run after the rest has ended: the pod is Running until they are gone. */
const notYetTerminal = (phase: string, alive: boolean, pod: Pod, seen: Seen): string => {
  if (phase !== 'Succeeded' && phase !== 'Failed') return phase
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar)
  return alive && sidecars.some(c => isRunning(latest(seen.containers, c.name))) ? 'Running' : phase
}
const isRunning = (c: SeenContainer | undefined): boolean => c?.state === 'running'

const isInitializing = (pod: Pod, seen: Seen): boolean =>
  (pod.spec.initContainers ?? []).some(c => {
    const last = latest(seen.containers, c.name)
    return isSidecar(c) ? last?.state !== 'running' : !(last?.state === 'exited' && last.exitCode === 0)
  }) && !pod.spec.containers.some(c => latest(seen.containers, c.name))

/** A pod that the node refused never had containers: upstream reports no container statuses. */
const toRejected = (pod: Pod, reason: string | undefined, message: string | undefined, startTime: string): PodStatus => ({
  phase: 'Failed',
  ...(reason && { reason }),
  ...(message && { message }),
  startTime,
  qosClass: podQosClass(pod),
  ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
})
