// What the live view says about a change: one line, or none where nothing a person waits for has changed. Pure.
import type { Event, Node, Pod } from '../../api/types/core-v1.ts'

/** One word or two for the state of a pod, as `kubectl get pods` has it. */
export const toPodState = (pod: Pod): string => {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  if (pod.metadata.deletionTimestamp) return 'Terminating'
  const waiting = statuses.map(({ state }) => state?.waiting?.reason).find(reason => reason && reason !== 'ContainerCreating' && reason !== 'PodInitializing')
  if (waiting) return waiting
  const phase = pod.status?.reason ?? pod.status?.phase ?? 'Pending'
  if (phase === 'Pending') return pod.spec.nodeName ? 'starting' : 'waiting for a node'
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  return phase === 'Running' && ready ? 'Ready' : phase
}

const restarts = (pod: Pod): number => (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)
const nameOf = (object: { metadata?: { namespace?: string; name?: string } }): string =>
  [object.metadata?.namespace, object.metadata?.name].filter(Boolean).join('/')

export const toPodLine = (pod: Pod, old?: Pod): string | undefined => {
  const [before, after] = [old && toPodState(old), toPodState(pod)]
  const again = old ? restarts(pod) - restarts(old) : 0
  if (before === after && again <= 0) return undefined
  const address = after === 'Ready' && pod.status?.podIP ? ` at ${pod.status.podIP}` : ''
  const note = again > 0 ? ` (restarted, ${restarts(pod)} in all)` : ''
  return `pod    ${nameOf(pod)}  ${before && before !== after ? `${before} → ` : ''}${after}${address}${note}`
}

export const toPodGoneLine = (pod: Pod): string => `pod    ${nameOf(pod)}  gone`

const readiness = (node: Node): string => {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status === 'True') return 'Ready'
  return `NotReady${ready?.message ? `: ${ready.message}` : ''}`
}

export const isReady = (node: Node): boolean => readiness(node) === 'Ready'

export const toNodeLine = (node: Node, old?: Node): string | undefined => {
  const after = readiness(node)
  return old && readiness(old) === after ? undefined : `node   ${nameOf(node)}  ${after}`
}

export const toNodeGoneLine = (node: Node): string => `node   ${nameOf(node)}  gone`

/** Warnings always; of the rest only first occurrences, without what pod lines say already. */
export const toEventLine = (event: Event, old?: Event): string | undefined => {
  if (event.type !== 'Warning' && (old || event.involvedObject.kind === 'Pod')) return undefined
  if (old && old.count === event.count) return undefined
  const times = (event.count ?? 1) > 1 ? ` (${event.count} times)` : ''
  const message = (event.message ?? '').split('\n')[0]!.slice(0, 200)
  const { kind, namespace, name } = event.involvedObject
  return `${event.type === 'Warning' ? 'WARN ' : 'event'}  ${[namespace, name].filter(Boolean).join('/')}  ${kind === 'Pod' ? '' : `${kind} `}${event.reason ?? ''}: ${message}${times}`
}
