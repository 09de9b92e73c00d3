// Which taints a pod's tolerations cover.
import { tolerates } from '../../api/tolerations.ts'
import type { Node, NodeSpec, Taint, Toleration } from '../../api/types/core-v1.ts'

// A Node that another implementation wrote may lack its spec.
const specOf = (node: { spec?: NodeSpec }): NodeSpec => node.spec ?? {}
export const taintsOf = (node: Node): readonly Taint[] => specOf(node).taints ?? []
export const isCordoned = (node: Node): boolean => specOf(node).unschedulable === true

export const findUntolerated = (taints: readonly Taint[], tolerations: readonly Toleration[] | undefined, effects: readonly string[]): Taint | undefined =>
  taints.find(taint => effects.includes(taint.effect) && !tolerations?.some(t => tolerates(t, taint)))
