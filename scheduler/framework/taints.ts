// Which taints a pod's tolerations cover.
import type { Node, NodeSpec, Taint, Toleration } from '../../api/types/core-v1.ts'

// A Node that another implementation wrote may lack its spec.
const specOf = (node: { spec?: NodeSpec }): NodeSpec => node.spec ?? {}
export const taintsOf = (node: Node): readonly Taint[] => specOf(node).taints ?? []
export const isCordoned = (node: Node): boolean => specOf(node).unschedulable === true

const integer = /^-?(0|[1-9]\d*)$/

export const tolerates = (t: Toleration, taint: Taint): boolean => {
  if (t.effect && t.effect !== taint.effect) return false
  if (t.key && t.key !== taint.key) return false
  switch (t.operator || 'Equal') {
    case 'Exists':
      return true
    case 'Equal':
      return (t.value ?? '') === (taint.value ?? '')
    case 'Gt':
    case 'Lt': {
      const [mine, theirs] = [t.value ?? '', taint.value ?? '']
      if (!integer.test(mine) || !integer.test(theirs)) return false
      return t.operator === 'Gt' ? BigInt(theirs) > BigInt(mine) : BigInt(theirs) < BigInt(mine)
    }
    default:
      return false
  }
}

export const findUntolerated = (taints: readonly Taint[], tolerations: readonly Toleration[] | undefined, effects: readonly string[]): Taint | undefined =>
  taints.find(taint => effects.includes(taint.effect) && !tolerations?.some(t => tolerates(t, taint)))
