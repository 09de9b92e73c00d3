// What `kubectl get pods` shows. The status column tells the most telling reason of all containers, as upstream's printer picks it.
import type { Column, RowCondition } from '../../resource.ts'
import type { ContainerStatus, Pod } from '../../types/core-v1.ts'
import { column, nameColumn, none, wide } from '../columns.ts'
import { age } from '../duration.ts'

interface Summary {
  ready: number
  total: number
  reason: string
  restarts: number
  lastRestart: string | undefined
}

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined ? b : b === undefined || Date.parse(a) >= Date.parse(b) ? a : b
const lastFinished = (status: ContainerStatus): string | undefined => status.lastState?.terminated?.finishedAt

const terminatedReason = (terminated: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): string =>
  terminated.reason ? terminated.reason : terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`

const isSidecar = (pod: Pod, name: string): boolean => (pod.spec.initContainers ?? []).some(c => c.name === name && c.restartPolicy === 'Always')
const condition = (pod: Pod, type: string): string | undefined => pod.status?.conditions?.find(c => c.type === type)?.status

interface InitSummary {
  reason: string | undefined
  restarts: number
  sidecarRestarts: number
  last: string | undefined
  sidecarLast: string | undefined
  ready: number
  total: number
}

/** Goes through the init containers up to the first that holds the pod up. */
const summarizeInit = (pod: Pod): InitSummary => {
  const out: InitSummary = {
    reason: undefined,
    restarts: 0,
    sidecarRestarts: 0,
    last: undefined,
    sidecarLast: undefined,
    ready: 0,
    total: (pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always').length,
  }
  const statuses = pod.status?.initContainerStatuses ?? []
  for (const [i, status] of statuses.entries()) {
    const sidecar = isSidecar(pod, status.name)
    out.restarts += status.restartCount
    out.last = later(out.last, lastFinished(status))
    if (sidecar) {
      out.sidecarRestarts += status.restartCount
      out.sidecarLast = later(out.sidecarLast, lastFinished(status))
    }
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecar && status.started) {
      if (status.ready) out.ready++
      continue
    }
    if (terminated) out.reason = `Init:${terminatedReason(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') out.reason = `Init:${waiting.reason}`
    else out.reason = `Init:${i}/${pod.spec.initContainers?.length ?? 0}`
    return out
  }
  return out
}

const unreachable = 'NodeLost'

const summarize = (pod: Pod): Summary => {
  const { status } = pod
  let reason = status?.reason ? status.reason : (status?.phase ?? '')
  for (const c of status?.conditions ?? []) if (c.type === 'PodScheduled' && c.reason === 'SchedulingGated') reason = 'SchedulingGated'
  const init = summarizeInit(pod)
  let { restarts, last: lastRestart, ready } = init
  const total = pod.spec.containers.length + init.total
  if (init.reason !== undefined) reason = init.reason
  if (init.reason === undefined || condition(pod, 'Initialized') === 'True') {
    restarts = init.sidecarRestarts
    lastRestart = init.sidecarLast
    let running = false
    for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount
      lastRestart = later(lastRestart, lastFinished(container))
      const { terminated, waiting, running: runs } = container.state ?? {}
      if (waiting?.reason) reason = waiting.reason
      else if (terminated) reason = terminatedReason(terminated)
      else if (container.ready && runs) {
        running = true
        ready++
      }
    }
    // A pod of which one container has completed and another still runs is a running one.
    if (reason === 'Completed' && running) reason = condition(pod, 'Ready') === 'True' ? 'Running' : 'NotReady'
  }
  if (pod.metadata.deletionTimestamp && status?.reason === unreachable) reason = 'Unknown'
  else if (pod.metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed') reason = 'Terminating'
  return { ready, total, reason, restarts, lastRestart }
}

const readinessGates = (pod: Pod): string => {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return none
  return `${gates.filter(gate => condition(pod, gate.conditionType) === 'True').length}/${gates.length}`
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column(
    'Ready',
    'string',
    pod => {
      const s = summarize(pod)
      return `${s.ready}/${s.total}`
    },
    'Containers that are ready, of all.',
  ),
  column('Status', 'string', pod => summarize(pod).reason, 'Phase of the pod, or what holds it up.'),
  column(
    'Restarts',
    'string',
    (pod, now) => {
      const s = summarize(pod)
      return s.restarts && s.lastRestart ? `${s.restarts} (${age(s.lastRestart, now)} ago)` : `${s.restarts}`
    },
    'Restarts of its containers, and when the last was.',
  ),
  column('Age', 'string', (pod, now) => age(pod.metadata.creationTimestamp, now), 'Time since the object was created.'),
  wide('IP', pod => pod.status?.podIPs?.[0]?.ip ?? none),
  wide('Node', pod => pod.spec.nodeName ?? none),
  wide('Nominated Node', pod => pod.status?.nominatedNodeName ?? none),
  wide('Readiness Gates', readinessGates),
]

const completed = (reason: string, message: string): readonly RowCondition[] => [{ type: 'Completed', status: 'True', reason, message }]

export const podRowConditions = ({ status }: Pod): readonly RowCondition[] | undefined =>
  status?.phase === 'Succeeded'
    ? completed('Succeeded', 'The pod is done, successfully.')
    : status?.phase === 'Failed'
      ? completed('Failed', 'The pod has failed.')
      : undefined
