// Pods: how many that have not ended, and what they ask for and are limited to. Whoever ended, or should have gone, uses nothing.
import { qosClass } from '../kinds/core/pod-qos.ts'
import type { KubeObject } from '../object.ts'
import { podLimits, podRequests } from '../pod-resources.ts'
import { addTo, count, type ResourceList, toResourceList } from '../resource-list.ts'
import type { Pod, PodAffinityTerm } from '../types/core-v1.ts'
import { matchesNames, type QuotaEvaluator } from './evaluator.ts'
import { countName } from './object-count.ts'

const computes = ['cpu', 'memory', 'ephemeral-storage']
const names: ReadonlySet<string> = new Set([countName('pods'), 'pods', ...computes.flatMap(name => [name, `requests.${name}`, `limits.${name}`])])
/** A quota over one of these makes every container state it; ones that came later do not. */
const demanded: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
/** Named after a domain that is not Kubernetes' own. */
const isExtended = (name: string): boolean => !isNative(name) && !name.startsWith('requests.')

const toUsage = (requests: ResourceList, limits: ResourceList): ResourceList => {
  const used: ResourceList = { pods: count(1) }
  for (const [name, amount] of Object.entries(requests)) {
    if (computes.includes(name) || isHugePages(name)) used[name] = amount
    if (computes.includes(name) || isHugePages(name) || isExtended(name)) used[`requests.${name}`] = amount
  }
  for (const [name, amount] of Object.entries(limits)) if (computes.includes(name)) used[`limits.${name}`] = amount
  return used
}

const isOver = ({ metadata, status }: Pod, nowMs: number): boolean => {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true
  // A pod whose grace has run out on a node that does not answer is not there for the quota.
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  return (
    deletionTimestamp !== undefined && deletionGracePeriodSeconds !== undefined && nowMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000
  )
}

const crossesNamespaces = (term: PodAffinityTerm | undefined): boolean => Boolean(term?.namespaces?.length) || term?.namespaceSelector !== undefined

const usesCrossNamespaceAffinity = ({ spec }: Pod): boolean =>
  [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].some(
    affinity =>
      affinity?.requiredDuringSchedulingIgnoredDuringExecution?.some(crossesNamespaces) === true ||
      affinity?.preferredDuringSchedulingIgnoredDuringExecution?.some(weighted => crossesNamespaces(weighted.podAffinityTerm)) === true,
  )

const findMissing = (object: KubeObject, wanted: readonly string[]): string | undefined => {
  const { spec } = object as unknown as Pod
  const required = wanted.filter(name => demanded.has(name))
  if (!required.length) return undefined
  const missing = new Map<string, Set<string>>()
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const stated = toUsage(toResourceList(resources?.requests), toResourceList(resources?.limits))
    for (const resource of required) {
      if (stated[resource]) continue
      if (!missing.has(resource)) missing.set(resource, new Set())
      missing.get(resource)?.add(name)
    }
  }
  if (!missing.size) return undefined
  const lines = [...missing.keys()].sort().map(resource => `${resource} for: ${[...(missing.get(resource) ?? [])].sort().join(',')}`)
  return `must specify ${lines.join('; ')}`
}

export const podQuota: QuotaEvaluator = {
  id: 'pods',
  handles: ({ operation, subresource }) => (operation === 'CREATE' && subresource === '') || (operation === 'UPDATE' && subresource === 'resize'),
  matchesResource: name => names.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-') || (name.startsWith('requests.') && !isNative(name)),
  matchesScope: (scope, object) => {
    const pod = object as unknown as Pod
    switch (scope.scopeName) {
      case 'Terminating':
        return (pod.spec.activeDeadlineSeconds ?? -1) >= 0
      case 'NotTerminating':
        return (pod.spec.activeDeadlineSeconds ?? -1) < 0
      case 'BestEffort':
        return qosClass(pod.spec) === 'BestEffort'
      case 'NotBestEffort':
        return qosClass(pod.spec) !== 'BestEffort'
      case 'PriorityClass':
        return matchesNames(scope, pod.spec.priorityClassName ? [pod.spec.priorityClassName] : [])
      case 'CrossNamespacePodAffinity':
        return usesCrossNamespaceAffinity(pod)
      default:
        return false
    }
  },
  findMissing,
  usage: (object, nowMs) => {
    const pod = object as unknown as Pod
    const used: ResourceList = { [countName('pods')]: count(1) }
    if (!isOver(pod, nowMs)) addTo(used, toUsage(podRequests(pod, { status: true }), podLimits(pod, { status: true })))
    return used
  },
}
