// What a pod asks for and is limited to as a whole: its containers together, its init containers one after the other, its overhead.
// Upstream's component-helpers/resource: init containers that go on beside the others (restartPolicy Always) add up, what is stated for
// the pod as a whole replaces the sum.
import { compareQuantities } from './quantity.ts'
import { addTo, raiseTo, type ResourceList, toResourceList } from './resource-list.ts'
import type { Container, ContainerStatus, Pod } from './types/core-v1.ts'

export interface PodResourceOptions {
  /** Include the RuntimeClass overhead; default true. */
  readonly overhead?: boolean
  /** Count what containers were given, while a resize is under way; default false. */
  readonly status?: boolean
}

type Side = 'requests' | 'limits'
/** Amounts of some form: what the first argument says is changed. */
export interface Amounting<T> {
  readonly none: () => T
  readonly add: (into: T, other: T) => void
  readonly raise: (into: T, other: T) => void
}

/** The rule at the head of this file for any measure of a container, which must be made anew each time. */
export const overContainers = <T>({ spec }: Pod, { none, add, raise }: Amounting<T>, measure: (container: Container, isInit: boolean) => T): T => {
  const total = none()
  for (const container of spec.containers) add(total, measure(container, false))
  const [sidecars, highest] = [none(), none()]
  for (const container of spec.initContainers ?? []) {
    const own = measure(container, true)
    if (isSidecar(container)) {
      add(total, own)
      add(sidecars, own)
      raise(highest, sidecars)
    } else {
      add(own, sidecars)
      raise(highest, own)
    }
  }
  raise(total, highest)
  return total
}

/** The statuses of containers that go on; what others were given does not count. */
export const toStatusOf = ({ status }: Pod): ((container: Container, isInit: boolean) => ContainerStatus | undefined) => {
  const regular = new Map(status?.containerStatuses?.map(s => [s.name, s]))
  const init = new Map(status?.initContainerStatuses?.map(s => [s.name, s]))
  return (container, isInit) => (isInit ? (isSidecar(container) ? init.get(container.name) : undefined) : regular.get(container.name))
}

const lists: Amounting<ResourceList> = { none: () => ({}), add: addTo, raise: raiseTo }

/** What can be stated for the pod as a whole. */
export const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** A resize that the node cannot do (KEP-1287). */
export const isInfeasible = (pod: Pod): boolean => pod.status?.conditions?.some(c => c.type === 'PodResizePending' && c.reason === 'Infeasible') ?? false

const containerList = (side: Side, pod: Pod, container: Container, status: ContainerStatus | undefined): ResourceList => {
  const wanted = toResourceList(container.resources?.[side])
  if (!status) return wanted
  const given = toResourceList(status.resources?.[side])
  if (side === 'requests') raiseTo(given, toResourceList(status.allocatedResources))
  if (!Object.keys(given).length) return wanted
  if (!isInfeasible(pod)) raiseTo(given, wanted)
  return given
}

const total = (side: Side, pod: Pod, { status = false }: PodResourceOptions): ResourceList => {
  const statusOf = status ? toStatusOf(pod) : () => undefined
  const list = overContainers(pod, lists, (container, isInit) => containerList(side, pod, container, statusOf(container, isInit)))
  for (const [name, quantity] of Object.entries(toResourceList(pod.spec.resources?.[side]))) if (isPodLevelResource(name)) list[name] = quantity
  return list
}

export const podRequests = (pod: Pod, options: PodResourceOptions = {}): ResourceList => {
  const list = total('requests', pod, options)
  if (options.overhead ?? true) addTo(list, toResourceList(pod.spec.overhead))
  return list
}

export const podLimits = (pod: Pod, options: PodResourceOptions = {}): ResourceList => {
  const list = total('limits', pod, options)
  if (options.overhead ?? true)
    // A resource without a limit gets none from the overhead.
    for (const [name, quantity] of Object.entries(toResourceList(pod.spec.overhead)))
      if (list[name] && compareQuantities(list[name], '0') !== 0) addTo(list, { [name]: quantity })
  return list
}
