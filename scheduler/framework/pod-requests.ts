// What a pod asks of a node, in numbers, which are compared often: by the rule of api/pod-resources.ts (KEP-753, KEP-2837), the same as
// upstream's PodRequests.
import { objectKey } from '../../api/object.ts'
import { type Amounting, isInfeasible, isPodLevelResource, isSidecar, overContainers, toStatusOf } from '../../api/pod-resources.ts'
import { byteValue, milliValue } from '../../api/quantity.ts'
import type { Container, ContainerStatus, Pod } from '../../api/types/core-v1.ts'
import type { Amounts, HostPort, PodInfo } from './types.ts'

type Quantities = Readonly<Record<string, string>>

const defaultMilliCpu = 100
const defaultMemory = 200 * 1024 * 1024

export const noAmounts = (): Amounts => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: {} })

const fields: Readonly<Record<string, 'milliCpu' | 'memory' | 'ephemeralStorage'>> = {
  cpu: 'milliCpu',
  memory: 'memory',
  'ephemeral-storage': 'ephemeralStorage',
}

export const toAmounts = (quantities: Quantities | undefined): Amounts => {
  const amounts = noAmounts()
  for (const [name, quantity] of Object.entries(quantities ?? {})) {
    const field = fields[name]
    if (field) amounts[field] = field === 'milliCpu' ? milliValue(quantity) : byteValue(quantity)
    else if (name !== 'pods') amounts.scalars[name] = byteValue(quantity)
  }
  return amounts
}

const combine = (into: Amounts, other: Amounts, by: (a: number, b: number) => number): void => {
  into.milliCpu = by(into.milliCpu, other.milliCpu)
  into.memory = by(into.memory, other.memory)
  into.ephemeralStorage = by(into.ephemeralStorage, other.ephemeralStorage)
  for (const [name, amount] of Object.entries(other.scalars)) into.scalars[name] = by(into.scalars[name] ?? 0, amount)
}
const plus = (a: number, b: number): number => a + b
const minus = (a: number, b: number): number => a - b
export const addAmounts = (into: Amounts, other: Amounts): void => combine(into, other, plus)
export const subtractAmounts = (from: Amounts, other: Amounts): void => combine(from, other, minus)
const maxAmounts = (into: Amounts, other: Amounts): void => combine(into, other, Math.max)

/** While a resize is under way a container holds the larger of what it asks for and what it has (KEP-1287). */
const containerAmounts = (c: Container, status: ContainerStatus | undefined, infeasible: boolean): Amounts => {
  const spec = toAmounts(c.resources?.requests)
  if (!status?.resources?.requests && !status?.allocatedResources) return spec
  const held = infeasible ? noAmounts() : spec
  maxAmounts(held, toAmounts(status.resources?.requests))
  maxAmounts(held, toAmounts(status.allocatedResources))
  return held
}

const numbers: Amounting<Amounts> = { none: noAmounts, add: addAmounts, raise: maxAmounts }

const applyPodLevel = (amounts: Amounts, pod: Pod): void => {
  const requests = Object.fromEntries(Object.entries(pod.spec.resources?.requests ?? {}).filter(([name]) => isPodLevelResource(name)))
  const own = toAmounts(requests)
  if ('cpu' in requests) amounts.milliCpu = own.milliCpu
  if ('memory' in requests) amounts.memory = own.memory
  Object.assign(amounts.scalars, own.scalars)
}

/** The request that filters count. */
export const computePodRequests = (pod: Pod): Amounts => {
  const [statusOf, infeasible] = [toStatusOf(pod), isInfeasible(pod)]
  const amounts = overContainers(pod, numbers, (c, isInit) => containerAmounts(c, statusOf(c, isInit), infeasible))
  applyPodLevel(amounts, pod)
  addAmounts(amounts, toAmounts(pod.spec.overhead))
  return amounts
}

/** The request that scoring counts: nothing is free. */
const computeNonZero = (pod: Pod): { milliCpu: number; memory: number } => {
  const hasPodLevel = pod.spec.resources?.requests ?? {}
  const amounts = overContainers(pod, numbers, c => {
    const spec = toAmounts(c.resources?.requests)
    const { cpu, memory } = c.resources?.requests ?? {}
    if (cpu === undefined && !('cpu' in hasPodLevel)) spec.milliCpu = defaultMilliCpu
    if (memory === undefined && !('memory' in hasPodLevel)) spec.memory = defaultMemory
    return spec
  })
  applyPodLevel(amounts, pod)
  addAmounts(amounts, toAmounts(pod.spec.overhead))
  return { milliCpu: amounts.milliCpu, memory: amounts.memory }
}

const hostPortsOf = (pod: Pod): HostPort[] => {
  const ports: HostPort[] = []
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]
  for (const c of containers) {
    for (const p of c.ports ?? []) if (p.hostPort) ports.push({ ip: p.hostIP || '0.0.0.0', protocol: p.protocol || 'TCP', port: p.hostPort })
  }
  return ports
}

export const toPodInfo = (pod: Pod): PodInfo => ({
  pod,
  uid: pod.metadata.uid ?? '',
  key: objectKey(pod),
  requests: computePodRequests(pod),
  nonZero: computeNonZero(pod),
  hostPorts: hostPortsOf(pod),
})
