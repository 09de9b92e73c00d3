// Conditions of a node that has fallen silent. Pure.
import type { Node, NodeCondition } from '../../api/types/core-v1.ts'
import { toTime } from '../../base/clock.ts'

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The node's conditions with those that its agent keeps turned Unknown; undefined when they are. */
export const computeSilentConditions = (node: Node, nowMs: number): NodeCondition[] | undefined => {
  const old = node.status?.conditions ?? []
  const now = toTime(nowMs)
  let changed = false
  const next = old.map(c => {
    if (!watched.includes(c.type) || c.status === 'Unknown') return c
    changed = true
    return { ...c, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: now }
  })
  for (const type of watched) {
    if (old.some(c => c.type === type)) continue
    changed = true
    const created = node.metadata.creationTimestamp
    next.push({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      ...(created && { lastHeartbeatTime: created }),
      lastTransitionTime: now,
    })
  }
  return changed ? next : undefined
}
