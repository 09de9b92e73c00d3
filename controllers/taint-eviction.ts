// Pods on a node with NoExecute taints are deleted when they do not tolerate them, or when their time of tolerating is over.
import { nodes as nodeKind } from '../api/kinds/core/node.ts'
import { pods as podKind } from '../api/kinds/core/pod.ts'
import { objectKey } from '../api/object.ts'
import { isReason } from '../api/status.ts'
import { tolerates } from '../api/tolerations.ts'
import type { Node, Pod, Taint, Toleration } from '../api/types/core-v1.ts'
import type { Controller } from '../client/types.ts'
import { toTime } from '../base/clock.ts'
import type { ControllerContext } from './context.ts'
import { isFinished } from './pod-state.ts'

const noExecute = (node: Node | undefined): Taint[] => (node as { spec?: Node['spec'] } | undefined)?.spec?.taints?.filter(t => t.effect === 'NoExecute') ?? []

/** How long the pod may stay: 0 not at all, undefined for ever. Counted from the youngest taint's arrival. */
export const computeStaySeconds = (taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined => {
  const used = new Set<Toleration>()
  for (const taint of taints) {
    const matching = tolerations.filter(t => tolerates(t, taint))
    if (!matching.length) return 0
    for (const t of matching) used.add(t)
  }
  const limits = [...used].flatMap(t => (t.tolerationSeconds === undefined ? [] : [Math.max(0, t.tolerationSeconds)]))
  return limits.length ? Math.min(...limits) : undefined
}

export const createTaintEvictionController = ({ client, informers, events: eventsOf, clock }: ControllerContext): Controller => {
  const nodes = informers.of(nodeKind)
  const pods = informers.of(podKind)
  const events = eventsOf('taint-eviction-controller')
  pods.addIndex('node', pod => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  return {
    name: 'taint-eviction-controller',
    concurrency: 8,
    watches: [
      {
        informer: nodes,
        toKeys: (node: Node, old?: Node) =>
          JSON.stringify(noExecute(node)) === JSON.stringify(noExecute(old)) ? [] : pods.byIndex('node', node.metadata.name ?? '').map(objectKey),
      },
      { informer: pods, toKeys: (pod: Pod, old?: Pod) => (pod.spec.nodeName && old?.spec.nodeName !== pod.spec.nodeName ? [objectKey(pod)] : []) },
    ],
    async reconcile(key) {
      const pod = pods.get(key)
      if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp || isFinished(pod)) return undefined
      const taints = noExecute(nodes.get(pod.spec.nodeName))
      if (!taints.length) return undefined
      const staySeconds = computeStaySeconds(taints, pod.spec.tolerations ?? [])
      if (staySeconds === undefined) return undefined
      const sinceMs = Math.max(
        ...taints.map(t => (t.timeAdded === undefined ? 0 : Date.parse(t.timeAdded))),
        Date.parse(pod.metadata.creationTimestamp ?? '') || 0,
      )
      const leftMs = sinceMs + staySeconds * 1000 - clock.now()
      if (leftMs > 0) return { requeueAfterMs: leftMs }
      const { name = '', namespace, uid = '' } = pod.metadata
      const api = client.of(podKind, namespace)
      events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`)
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
        lastTransitionTime: toTime(clock.now()),
      }
      try {
        await api.patch(name, 'strategic', { metadata: { uid }, status: { conditions: [condition] } }, { subresource: 'status' })
        await api.delete(name, { preconditions: { uid } })
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error
      }
      return undefined
    },
  }
}
