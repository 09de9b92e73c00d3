// The pod conditions that the agent owns, in upstream's order: pure.
import { toTime } from '../../base/clock.ts'
import type { ContainerStatus, Pod, PodCondition } from '../../api/types/core-v1.ts'
import { isSidecar } from '../plan/restart.ts'
import { toResize } from '../plan/resize.ts'
import type { PendingResize, Seen } from '../plan/types.ts'

export const ownedConditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const
/** There only while they are so. */
export const passingConditions = ['PodResizePending', 'PodResizeInProgress'] as const

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>
const yes: Verdict = { status: 'True' }

export interface ConditionInput {
  readonly pod: Pod
  readonly seen: Seen
  readonly phase: string
  readonly init: readonly ContainerStatus[]
  readonly containers: readonly ContainerStatus[]
  readonly pendingResize: PendingResize | undefined
}

const toReadyToStart = ({ seen, pod }: ConditionInput): Verdict => {
  const sandbox = seen.sandboxes[0]
  return sandbox?.ready && (pod.spec.hostNetwork || sandbox.ips.length) ? yes : { status: 'False' }
}

const toInitialized = ({ pod, phase, init, containers }: ConditionInput): Verdict => {
  if (!init.length) return phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : yes
  const incomplete = (pod.spec.initContainers ?? []).filter((c, i) => !(isSidecar(c) ? init[i]?.started : init[i]?.ready)).map(c => c.name)
  // Started containers show that initialization was over, whatever the records still say.
  if (!incomplete.length || containers.some(c => c.state?.running ?? c.state?.terminated ?? c.lastState?.terminated)) {
    return phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : yes
  }
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${incomplete.join(' ')}]` }
}

const toContainersReady = ({ pod, phase, init, containers }: ConditionInput): Verdict => {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const sidecars = (pod.spec.initContainers ?? []).flatMap((c, i) => (isSidecar(c) ? [init[i]!] : []))
  const unready = [...sidecars, ...containers].filter(c => !c.ready).map(c => c.name)
  return unready.length ? { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` } : yes
}

const toReady = (input: ConditionInput, containersReady: Verdict): Verdict => {
  if (containersReady.status !== 'True') return containersReady
  const unmet = (input.pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = input.pod.status?.conditions?.find(c => c.type === conditionType)
    if (!found) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    return found.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`]
  })
  return unmet.length ? { status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') } : yes
}

const toResizing = ({ pod, seen, pendingResize }: ConditionInput): Partial<Record<string, Verdict>> => {
  const running = seen.containers.filter(c => c.state === 'running')
  const under = running.filter(({ id, name }) => {
    const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(c => c.name === name)
    return container && toResize(container, seen.given[id]) !== 'none'
  })
  const failure = under.map(({ id }) => seen.resizeFailures[id]).find(found => found)
  return {
    ...(pendingResize && { PodResizePending: { status: 'True', ...pendingResize } }),
    ...(under.length && { PodResizeInProgress: { status: 'True', ...(failure && { reason: 'Error', message: failure.message }) } }),
  }
}

/** lastTransitionTime moves only when a condition's status changes. */
export const toConditions = (input: ConditionInput, old: readonly PodCondition[], nowMs: number): PodCondition[] => {
  const containersReady = toContainersReady(input)
  const verdicts: Partial<Record<string, Verdict>> = {
    ...toResizing(input),
    PodReadyToStartContainers: toReadyToStart(input),
    Initialized: toInitialized(input),
    Ready: toReady(input, containersReady),
    ContainersReady: containersReady,
    PodScheduled: yes,
  }
  return [...passingConditions, ...ownedConditions].flatMap(type => {
    const before = old.find(c => c.type === type)
    const verdict = verdicts[type]
    if (!verdict) return []
    return {
      lastProbeTime: null as unknown as string,
      lastTransitionTime: before?.status === verdict.status && before.lastTransitionTime ? before.lastTransitionTime : toTime(nowMs),
      ...(verdict.message && { message: verdict.message }),
      ...(input.pod.metadata.generation !== undefined && { observedGeneration: input.pod.metadata.generation }),
      ...(verdict.reason && { reason: verdict.reason }),
      status: verdict.status,
      type,
    }
  })
}
