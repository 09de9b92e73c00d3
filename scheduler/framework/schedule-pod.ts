// One decision: which node takes the pod, or why none does. Pure: the same input and `random` give the same answer.
import { maxScore } from './normalize.ts'
import type { FilterRun, NodeInfo, Plugin, PodInfo, Rejection } from './types.ts'

export type Decision =
  | { readonly node: NodeInfo; readonly feasible: number; readonly evaluated: number }
  | { readonly node?: undefined; readonly message: string; readonly rejectedBy: ReadonlySet<string>; readonly rejections: ReadonlyMap<string, Rejection> }

export interface ScheduleOptions {
  /** Where to begin among the nodes, so that large clusters are searched evenly. */
  readonly startIndex?: number
  readonly random?: () => number
}

const minFeasible = 100
/** Large clusters: a share of the nodes is enough to choose from (upstream's adaptive rule). */
export const feasibleNodesToFind = (nodeCount: number): number => {
  if (nodeCount <= minFeasible) return nodeCount
  const percent = Math.max(5, 50 - Math.trunc(nodeCount / 125))
  return Math.max(minFeasible, Math.trunc((nodeCount * percent) / 100))
}

/** "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable." */
export const toFitMessage = (nodeCount: number, rejections: Iterable<Rejection>): string => {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodeCount} nodes are available${parts.length ? `: ${parts.join(', ')}` : ''}.`
}

interface PreparedFilter extends FilterRun {
  readonly name: string
}

const filterNodes = (
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  plugins: readonly Plugin[],
  start: number,
): { feasible: NodeInfo[]; evaluated: number; rejections: Map<string, Rejection>; rejectedBy: Set<string> } => {
  const filters: PreparedFilter[] = []
  let allowed: ReadonlySet<string> | undefined
  let allowedBy = ''
  for (const { name, preFilter } of plugins) {
    const run = preFilter?.(pod)
    if (!run) continue
    filters.push({ ...run, name })
    if (run.nodeNames) {
      const { nodeNames } = run
      allowed = allowed ? new Set([...allowed].filter(n => nodeNames.has(n))) : nodeNames
      allowedBy = name
    }
  }
  const rejections = new Map<string, Rejection>()
  const rejectedBy = new Set<string>()
  const feasible: NodeInfo[] = []
  const enough = feasibleNodesToFind(nodes.length)
  let evaluated = 0
  for (; evaluated < nodes.length && feasible.length < enough; evaluated++) {
    const node = nodes[(start + evaluated) % nodes.length]!
    if (allowed && !allowed.has(node.name)) {
      rejections.set(node.name, { reasons: [`node(s) didn't satisfy plugin(s) [${allowedBy}]`], unresolvable: true })
      rejectedBy.add(allowedBy)
      continue
    }
    const rejected = filters.some(({ name, filter }) => {
      const rejection = filter(node)
      if (!rejection) return false
      rejections.set(node.name, rejection)
      rejectedBy.add(name)
      return true
    })
    if (!rejected) feasible.push(node)
  }
  return { feasible, evaluated, rejections, rejectedBy }
}

const pickBest = (pod: PodInfo, nodes: readonly NodeInfo[], plugins: readonly Plugin[], random: () => number): NodeInfo => {
  const totals = new Array<number>(nodes.length).fill(0)
  for (const { preScore, weight = 1 } of plugins) {
    const run = preScore?.(pod)
    if (!run) continue
    const raw = nodes.map(n => run.score(n))
    const scores = run.normalize?.(raw) ?? raw
    scores.forEach((score, i) => (totals[i]! += Math.min(maxScore, Math.max(0, score)) * weight))
  }
  let best = 0
  let ties = 1
  for (let i = 1; i < totals.length; i++) {
    if (totals[i]! > totals[best]!) {
      best = i
      ties = 1
    } else if (totals[i] === totals[best] && random() * ++ties < 1) best = i
  }
  return nodes[best]!
}

export const schedulePod = (
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  plugins: readonly Plugin[],
  { startIndex = 0, random = Math.random }: ScheduleOptions = {},
): Decision => {
  if (nodes.length === 0) return { message: 'no nodes available to schedule pods', rejectedBy: new Set(), rejections: new Map() }
  const { feasible, evaluated, rejections, rejectedBy } = filterNodes(pod, nodes, plugins, startIndex)
  if (feasible.length === 0) return { message: toFitMessage(nodes.length, rejections.values()), rejectedBy, rejections }
  const node = feasible.length === 1 ? feasible[0]! : pickBest(pod, feasible, plugins, random)
  return { node, feasible: feasible.length, evaluated }
}
