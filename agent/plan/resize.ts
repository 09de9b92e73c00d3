// Resizing containers in place (KEP-1287): what was given to a container against what its pod now asks for. Pure.
import { compareQuantities } from '../../api/quantity.ts'
import type { Container, ContainerStatus, Pod, ResourceRequirements } from '../../api/types/core-v1.ts'

export type Given = Pick<ResourceRequirements, 'limits' | 'requests'>

const resizable = ['cpu', 'memory'] as const
const sides = ['limits', 'requests'] as const

const differs = (a: string | undefined, b: string | undefined): boolean => (a === undefined || b === undefined ? a !== b : compareQuantities(a, b) !== 0)

/** The resources whose amounts differ. */
export const changedResources = (given: Given | undefined, wanted: Given | undefined): ('cpu' | 'memory')[] =>
  resizable.filter(name => sides.some(side => differs(given?.[side]?.[name], wanted?.[side]?.[name])))

/** How a running container gets from what it was given to what it is to have. */
export const toResize = (container: Container, given: Given | undefined): 'none' | 'inPlace' | 'restart' => {
  const changed = given ? changedResources(given, container.resources) : []
  if (!changed.length) return 'none'
  const restarts = changed.some(name => container.resizePolicy?.some(p => p.resourceName === name && p.restartPolicy === 'RestartContainer'))
  return restarts ? 'restart' : 'inPlace'
}

const containerLists = ['initContainers', 'containers'] as const

const mapContainers = (pod: Pod, change: (container: Container) => Container): Pod => {
  const lists = containerLists.flatMap(list => (pod.spec[list] ? [[list, pod.spec[list].map(change)] as const] : []))
  return { ...pod, spec: { ...pod.spec, ...Object.fromEntries(lists) } }
}
const containersOf = (pod: Pod): Container[] => containerLists.flatMap(list => pod.spec[list] ?? [])

/** `pod` with the resources that its containers have in `other`. */
export const withResourcesOf = (pod: Pod, other: Pod): Pod =>
  mapContainers(pod, c => {
    const resources = containersOf(other).find(({ name }) => name === c.name)?.resources
    return resources ? { ...c, resources } : c
  })

/** What the API shows that a container was given. */
export const toGiven = (status: ContainerStatus | undefined): Given | undefined => {
  const requests = status?.allocatedResources ?? status?.resources?.requests
  const limits = status?.resources?.limits
  return status?.resources && { ...(requests && { requests }), ...(limits && { limits }) }
}

/** The pod as it was last allowed, by its status: for an agent that did not see that. */
export const withShownResources = (pod: Pod): Pod => {
  const shown = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  return mapContainers(pod, c => {
    const given = toGiven(shown.find(({ name }) => name === c.name))
    return given ? { ...c, resources: { ...c.resources, ...given } } : c
  })
}

export const isResized = (pod: Pod, allowed: Pod): boolean =>
  containersOf(pod).some(c => changedResources(containersOf(allowed).find(({ name }) => name === c.name)?.resources, c.resources).length > 0)
