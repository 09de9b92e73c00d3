// Which taints a node's conditions call for. Pure.
import type { Node, NodeCondition, Taint } from '../../api/types/core-v1.ts'
import { toTime } from '../../base/clock.ts'

const prefix = 'node.kubernetes.io/'

/** Condition → status → taint with NoSchedule. */
const byCondition: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'not-ready', Unknown: 'unreachable' },
  MemoryPressure: { True: 'memory-pressure' },
  DiskPressure: { True: 'disk-pressure' },
  PIDPressure: { True: 'pid-pressure' },
  NetworkUnavailable: { True: 'network-unavailable' },
}
const ours = new Set([...Object.values(byCondition).flatMap(m => Object.values(m)), 'unschedulable'].map(name => prefix + name))

export const conditionOf = (node: Node, type: string): NodeCondition | undefined => node.status?.conditions?.find(c => c.type === type)

const wantedTaints = (node: Node): Taint[] => {
  const taints: Taint[] = []
  for (const [type, taintByStatus] of Object.entries(byCondition)) {
    const condition = conditionOf(node, type)
    const name = condition && taintByStatus[condition.status]
    if (!name) continue
    taints.push({ key: prefix + name, effect: 'NoSchedule' })
    if (type === 'Ready') taints.push({ key: prefix + name, effect: 'NoExecute' })
  }
  const { spec } = node as { spec?: Node['spec'] }
  if (spec?.unschedulable) taints.push({ key: `${prefix}unschedulable`, effect: 'NoSchedule' })
  return taints
}
const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect

/** All taints the node should have, others' kept; undefined when it has them. A node that has not reported yet keeps what it has. */
export const computeTaints = (node: Node, nowMs: number): Taint[] | undefined => {
  const { spec } = node as { spec?: Node['spec'] }
  const current = spec?.taints ?? []
  const reported = conditionOf(node, 'Ready') !== undefined
  const wanted = wantedTaints(node)
  const keep = current.filter(
    t =>
      !ours.has(t.key) ||
      (t.effect !== 'NoSchedule' && t.effect !== 'NoExecute') ||
      wanted.some(w => same(w, t)) ||
      (!reported && t.key !== `${prefix}unschedulable`),
  )
  const added = wanted.filter(w => !current.some(t => same(t, w)))
  if (keep.length === current.length && added.length === 0) return undefined
  return [...keep, ...added.map(t => (t.effect === 'NoExecute' ? { ...t, timeAdded: toTime(nowMs) } : t))]
}
