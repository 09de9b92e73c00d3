// Removes pods that nobody else can: those of nodes that are gone, and those being deleted that never reached a node.
import { nodes as nodeKind } from '../api/kinds/core/node.ts'
import { pods as podKind } from '../api/kinds/core/pod.ts'
import { objectKey } from '../api/object.ts'
import { isReason } from '../api/status.ts'
import type { Node, Pod } from '../api/types/core-v1.ts'
import { toTime } from '../base/clock.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'
import { isFinished } from './pod-state.ts'

/** A node may be registered anew within this time and find its pods again. */
const quarantineMs = 40_000

export const createPodGarbageController = ({ client, informers, log, clock }: ControllerContext): Controller => {
  const nodes = informers.of(nodeKind)
  const pods = informers.of(podKind)
  pods.addIndex('node', pod => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  const missingSince = new Map<string, number>()

  const forceDelete = async (pod: Pod, message: string): Promise<void> => {
    const { name = '', namespace, uid = '' } = pod.metadata
    const api = client.of(podKind, namespace)
    log.info({ pod: objectKey(pod) }, message)
    try {
      if (!isFinished(pod)) {
        const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message, lastTransitionTime: toTime(clock.now()) }
        await api.patch(name, 'strategic', { metadata: { uid }, status: { phase: 'Failed', conditions: [condition] } }, { subresource: 'status' })
      }
      await api.delete(name, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }

  return {
    name: 'pod-garbage-collector-controller',
    watches: [
      { informer: nodes, toKeys: (node: Node) => (nodes.get(node.metadata.name ?? '') ? [] : pods.byIndex('node', node.metadata.name ?? '').map(objectKey)) },
      { informer: pods, toKeys: (pod: Pod) => ((pod.spec.nodeName ? !nodes.get(pod.spec.nodeName) : pod.metadata.deletionTimestamp) ? [objectKey(pod)] : []) },
    ],
    async reconcile(key) {
      const pod = pods.get(key)
      if (!pod) return undefined
      const node = pod.spec.nodeName
      if (!node) {
        if (pod.metadata.deletionTimestamp) await forceDelete(pod, 'PodGC: the pod is being deleted and was never on a node')
        return undefined
      }
      if (nodes.get(node)) {
        missingSince.delete(node)
        return undefined
      }
      const sinceMs = missingSince.get(node) ?? clock.now()
      missingSince.set(node, sinceMs)
      const leftMs = sinceMs + quarantineMs - clock.now()
      if (leftMs > 0) return { requeueAfterMs: leftMs }
      try {
        await client.of(nodeKind).get(node)
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error
        await forceDelete(pod, 'PodGC: node no longer exists')
        if (pods.byIndex('node', node).length <= 1) missingSince.delete(node)
      }
      return undefined
    },
  }
}
