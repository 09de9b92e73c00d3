// Nodes that fall silent: their conditions become Unknown after the grace time, taints follow the conditions, and their pods count as not
// ready, so that Services stop sending to them. Silence is measured by our clock from the last change we saw, never by the node's.
import { leases as leaseKind } from '../../api/kinds/coordination/lease.ts'
import { nodes as nodeKind } from '../../api/kinds/core/node.ts'
import { pods as podKind } from '../../api/kinds/core/pod.ts'
import { ignoring } from '../../api/status.ts'
import type { Lease } from '../../api/types/coordination-v1.ts'
import type { Node, Pod } from '../../api/types/core-v1.ts'
import { toTime } from '../../base/clock.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { isFinished, readyCondition } from '../pod-state.ts'
import { computeSilentConditions } from './compute-health.ts'
import { computeTaints, conditionOf } from './compute-taints.ts'

const leaseNamespace = 'kube-node-lease'

export const createNodeLifecycleController = ({ client, informers, events: eventsOf, log, clock, config }: ControllerContext): Controller => {
  const nodes = informers.of(nodeKind)
  const leases = informers.of(leaseKind, { namespace: leaseNamespace })
  const pods = informers.of(podKind)
  const events = eventsOf('node-controller')
  pods.addIndex('node', pod => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  /** When a sign of life last changed, and what it was. */
  const seen = new Map<string, { sign: string; atMs: number }>()

  const lastSignMs = (node: Node): number => {
    const name = node.metadata.name ?? ''
    const ready = conditionOf(node, 'Ready')
    // A condition that we made Unknown ourselves is no sign of life: only the node's heartbeat times and its lease count.
    const sign = `${ready?.lastHeartbeatTime ?? ''} ${leases.get(`${leaseNamespace}/${name}`)?.spec.renewTime ?? ''}`
    const known = seen.get(name)
    if (known?.sign === sign) return known.atMs
    const atMs = clock.now()
    seen.set(name, { sign, atMs })
    return atMs
  }

  const markPodNotReady = async (pod: Pod): Promise<void> => {
    const ready = readyCondition(pod)
    if (ready?.status !== 'True' || isFinished(pod)) return
    const condition = { type: 'Ready', status: 'False', lastTransitionTime: toTime(clock.now()) }
    await client
      .of(podKind, pod.metadata.namespace)
      .patch(pod.metadata.name ?? '', 'strategic', { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, { subresource: 'status' })
      .catch(ignoring('NotFound', 'Conflict'))
    events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }

  return {
    name: 'node-lifecycle-controller',
    concurrency: 4,
    watches: [
      { informer: nodes },
      { informer: leases, toKeys: (lease: Lease) => (nodes.get(lease.metadata.name ?? '') ? [lease.metadata.name ?? ''] : []) },
      // A pod that turns up on a node already known to be gone. Pods themselves change nothing here.
      { informer: pods, toKeys: () => [] },
    ],
    async reconcile(name) {
      let node = nodes.get(name)
      if (!node) {
        seen.delete(name)
        return undefined
      }
      const leftMs = lastSignMs(node) + config.nodeGraceMs - clock.now()
      if (leftMs <= 0) {
        const conditions = computeSilentConditions(node, clock.now())
        if (conditions) {
          log.warn({ node: name, graceMs: config.nodeGraceMs }, 'the node has fallen silent')
          node = await client.of(nodeKind).updateStatus({ ...node, status: { ...node.status, conditions } })
          events.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
        }
      }
      const taints = computeTaints(node, clock.now())
      if (taints) {
        // Guarded by version: taints are one list, and others write to it too.
        node = await client.of(nodeKind).patch(name, 'merge', { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } })
      }
      if (conditionOf(node, 'Ready')?.status !== 'True') await Promise.all(pods.byIndex('node', name).map(markPodNotReady))
      return leftMs > 0 ? { requeueAfterMs: leftMs } : undefined
    },
  }
}
