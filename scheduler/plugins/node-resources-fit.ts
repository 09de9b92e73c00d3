// A node takes a pod when every resource it asks for is free there. Scores by LeastAllocated: the emptier the node afterwards, the better.
import { toAllocatable } from '../framework/node-info.ts'
import { maxScore } from '../framework/normalize.ts'
import type { Amounts, Plugin } from '../framework/types.ts'

type Allocatable = Amounts & { readonly pods: number }

/** What is missing, in upstream's words and order. */
const shortages = (wanted: Amounts, requested: Amounts, allocatable: Allocatable, podCount: number): { reasons: string[]; unresolvable: boolean } => {
  const reasons: string[] = []
  let unresolvable = false
  const check = (name: string, want: number, used: number, size: number): void => {
    if (want === 0 || want <= size - used) return
    reasons.push(`Insufficient ${name}`)
    if (want > size) unresolvable = true
  }
  if (podCount + 1 > allocatable.pods) reasons.push('Too many pods')
  check('cpu', wanted.milliCpu, requested.milliCpu, allocatable.milliCpu)
  check('memory', wanted.memory, requested.memory, allocatable.memory)
  check('ephemeral-storage', wanted.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage)
  for (const [name, want] of Object.entries(wanted.scalars)) check(name, want, requested.scalars[name] ?? 0, allocatable.scalars[name] ?? 0)
  return { reasons, unresolvable }
}

const nothing: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: {} }
const fitsEmpty = (wanted: Amounts, allocatable: Allocatable): boolean => shortages(wanted, nothing, allocatable, 0).reasons.length === 0

/** Does `node` have more of anything the pod asks for than `old` had? */
const hasMore = (wanted: Amounts, now: Allocatable, before: Allocatable): boolean =>
  now.pods > before.pods ||
  (wanted.milliCpu > 0 && now.milliCpu > before.milliCpu) ||
  (wanted.memory > 0 && now.memory > before.memory) ||
  (wanted.ephemeralStorage > 0 && now.ephemeralStorage > before.ephemeralStorage) ||
  Object.keys(wanted.scalars).some(name => (now.scalars[name] ?? 0) > (before.scalars[name] ?? 0))

const leastAllocated = (requested: number, capacity: number): number => (requested > capacity ? 0 : Math.trunc(((capacity - requested) * maxScore) / capacity))

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  preFilter: ({ requests }) => ({
    filter(node) {
      const { reasons, unresolvable } = shortages(requests, node.requested, node.allocatable, node.pods.size)
      return reasons.length ? { reasons, unresolvable } : undefined
    },
  }),
  mayHelp(event, { requests }) {
    switch (event.type) {
      case 'NodeAdded':
        return fitsEmpty(requests, toAllocatable(event.node))
      case 'NodeChanged': {
        const now = toAllocatable(event.node)
        return fitsEmpty(requests, now) && hasMore(requests, now, toAllocatable(event.old))
      }
      case 'PodFreed':
        return true
    }
  },
  preScore: ({ nonZero }) => ({
    score({ allocatable, nonZero: used }) {
      const scores: number[] = []
      if (allocatable.milliCpu > 0) scores.push(leastAllocated(used.milliCpu + nonZero.milliCpu, allocatable.milliCpu))
      if (allocatable.memory > 0) scores.push(leastAllocated(used.memory + nonZero.memory, allocatable.memory))
      return scores.length ? Math.trunc(scores.reduce((a, b) => a + b, 0) / scores.length) : 0
    },
  }),
}
