// What the containers of a pod request together: init containers one after another, sidecars beside all that follow.
import { addQuantities, compareQuantities, formatQuantity } from '../../quantity.ts'
import type { Container, PodSpec } from '../../types/core-v1.ts'
import type { Loose } from '../loose.ts'
import type { Amounts } from './resources.ts'

type Sum = Record<string, string>

const add = (sum: Sum, amounts: Amounts | undefined): void => {
  for (const name in amounts) {
    const before = sum[name]
    const amount = amounts[name] ?? '0'
    sum[name] = before === undefined ? amount : formatQuantity(addQuantities(before, amount))
  }
}
const raise = (sum: Sum, amounts: Amounts): void => {
  for (const name in amounts) {
    const before = sum[name]
    const amount = amounts[name] ?? '0'
    if (before === undefined || compareQuantities(amount, before) > 0) sum[name] = amount
  }
}

const aggregate = (spec: Loose<PodSpec>, of: (container: Loose<Container>) => Amounts | undefined): Sum => {
  const sum: Sum = {}
  for (const container of spec.containers ?? []) add(sum, of(container))
  const sidecars: Sum = {}
  const start: Sum = {}
  for (const container of spec.initContainers ?? []) {
    const own: Sum = { ...of(container) }
    if (container.restartPolicy === 'Always') {
      add(sum, of(container))
      add(sidecars, of(container))
      raise(start, sidecars)
    } else {
      add(own, sidecars)
      raise(start, own)
    }
  }
  raise(sum, start)
  return sum
}

export const aggregateRequests = (spec: Loose<PodSpec>): Sum => aggregate(spec, c => c.resources?.requests as Amounts | undefined)
export const aggregateLimits = (spec: Loose<PodSpec>): Sum => aggregate(spec, c => c.resources?.limits as Amounts | undefined)
