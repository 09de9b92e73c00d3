// Two lists of tolerations as one, without those that another makes superfluous. Pure.
import type { Toleration } from '../../api/types/core-v1.ts'
import { sameValue } from '../verbs/metadata.ts'

/** True when whatever `b` tolerates, `a` tolerates too. */
export const covers = (a: Toleration, b: Toleration): boolean => {
  if (sameValue(a, b)) return true
  // No key, and Exists: all keys. No effect: all effects.
  if ((a.key ?? '') !== (b.key ?? '') && (a.key || a.operator !== 'Exists')) return false
  if (a.effect && a.effect !== b.effect) return false
  if (a.effect === 'NoExecute' && a.tolerationSeconds !== undefined && (b.tolerationSeconds === undefined || b.tolerationSeconds > a.tolerationSeconds))
    return false
  if (a.operator === 'Exists') return true
  // No operator means Equal, but upstream takes it so on one side only.
  if (a.operator === 'Equal' || !a.operator) return b.operator === 'Equal' && (a.value ?? '') === (b.value ?? '')
  return a.operator === b.operator && a.value === b.value
}

/** In order; of two that are the same the first stays. */
export const mergeTolerations = (first: readonly Toleration[], second: readonly Toleration[]): Toleration[] => {
  const all = [...first, ...second]
  const merged: Toleration[] = []
  all.forEach((toleration, i) => {
    if (merged.some(other => covers(other, toleration))) return
    if (all.slice(i + 1).some(other => !sameValue(other, toleration) && covers(other, toleration))) return
    merged.push(toleration)
  })
  return merged
}
