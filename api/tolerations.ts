// Whether a toleration covers a taint: what the scheduler, the eviction by taints and the agent all ask.
import type { Taint, Toleration } from './types/core-v1.ts'

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
