// The quality-of-service class of a pod: from the cpu and memory its containers request and are limited to.
import { addQuantities, compareQuantities, formatQuantity, quantitySign } from '../../quantity.ts'
import type { Pod, PodSpec } from '../../types/core-v1.ts'
import { allContainers } from './pod-defaults.ts'

type Amounts = Readonly<Record<string, string>>
const computes = ['cpu', 'memory'] as const

interface Totals {
  requests: Record<string, string>
  limits: Record<string, string>
  allLimited: boolean
}

const collect = (spec: PodSpec): Totals => {
  const totals: Totals = { requests: {}, limits: {}, allLimited: true }
  const add = (into: Record<string, string>, amounts: Amounts | undefined): number => {
    let found = 0
    for (const name of computes) {
      const amount = amounts?.[name]
      if (amount === undefined || quantitySign(amount) <= 0) continue
      found++
      const before = into[name]
      into[name] = before === undefined ? amount : formatQuantity(addQuantities(before, amount))
    }
    return found
  }
  if (spec.resources) {
    add(totals.requests, spec.resources.requests)
    if (add(totals.limits, spec.resources.limits) < computes.length) totals.allLimited = false
    return totals
  }
  for (const container of allContainers(spec)) {
    add(totals.requests, container.resources?.requests)
    if (add(totals.limits, container.resources?.limits) < computes.length) totals.allLimited = false
  }
  return totals
}

export const qosClass = (spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' => {
  const { requests, limits, allLimited } = collect(spec)
  if (Object.keys(requests).length === 0 && Object.keys(limits).length === 0) return 'BestEffort'
  const equal =
    Object.keys(requests).length === Object.keys(limits).length &&
    Object.keys(requests).every(name => limits[name] !== undefined && compareQuantities(requests[name] ?? '0', limits[name]) === 0)
  return allLimited && equal ? 'Guaranteed' : 'Burstable'
}

/** What the pod was given when it was made; a resize does not change it. */
export const podQosClass = ({ spec, status }: Pod): string => status?.qosClass ?? qosClass(spec)
