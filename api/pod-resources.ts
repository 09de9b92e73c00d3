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
type Statuses = ReadonlyMap<string, ContainerStatus>

const podLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

const isInfeasible = (pod: Pod): boolean => pod.status?.conditions?.some(c => c.type === 'PodResizePending' && c.reason === 'Infeasible') ?? false

const containerList = (side: Side, pod: Pod, container: Container, statuses: Statuses): ResourceList => {
  const wanted = toResourceList(container.resources?.[side])
  const status = statuses.get(container.name)
  if (!status) return wanted
  const given = toResourceList(status.resources?.[side])
  if (side === 'requests') raiseTo(given, toResourceList(status.allocatedResources))
  if (!Object.keys(given).length) return wanted
  if (!isInfeasible(pod)) raiseTo(given, wanted)
  return given
}

const total = (side: Side, pod: Pod, { status = false }: PodResourceOptions): ResourceList => {
  const statuses = new Map((status ? [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])] : []).map(s => [s.name, s]))
  const list: ResourceList = {}
  for (const container of pod.spec.containers) addTo(list, containerList(side, pod, container, statuses))
  const sidecars: ResourceList = {}
  const highest: ResourceList = {}
  for (const container of pod.spec.initContainers ?? []) {
    const own = containerList(side, pod, container, statuses)
    if (isSidecar(container)) {
      addTo(list, own)
      addTo(sidecars, own)
      raiseTo(highest, sidecars)
    } else {
      const together = { ...sidecars }
      addTo(together, own)
      raiseTo(highest, together)
    }
  }
  raiseTo(list, highest)
  for (const [name, quantity] of Object.entries(toResourceList(pod.spec.resources?.[side]))) if (podLevel(name)) list[name] = quantity
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
