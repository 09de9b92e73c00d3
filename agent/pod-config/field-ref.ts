// The downward API: fields and resources of a pod as text. Pure.
import { byteValue, milliValue } from '../../api/quantity.ts'
import type { Container, Pod, ResourceFieldSelector } from '../../api/types/core-v1.ts'
import { podNamespaceOf, podNameOf, podUidOf } from './names.ts'

export interface PodFacts {
  readonly podIps: readonly string[]
  readonly hostIps: readonly string[]
  readonly nodeAllocatable: Readonly<Record<string, string>>
}

/** Undefined for a path that does not exist. `facts` is needed for status.*. */
export const readField = (pod: Pod, path: string, facts: PodFacts): string | undefined => {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? ''
  switch (path) {
    case 'metadata.name':
      return podNameOf(pod)
    case 'metadata.namespace':
      return podNamespaceOf(pod)
    case 'metadata.uid':
      return podUidOf(pod)
    case 'metadata.labels':
      return formatMap(pod.metadata.labels)
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations)
    case 'spec.nodeName':
      return pod.spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'spec.restartPolicy':
      return pod.spec.restartPolicy ?? ''
    case 'status.hostIP':
      return facts.hostIps[0] ?? ''
    case 'status.hostIPs':
      return facts.hostIps.join(',')
    case 'status.podIP':
      return facts.podIps[0] ?? ''
    case 'status.podIPs':
      return facts.podIps.join(',')
    default:
      return undefined
  }
}

/** key="value" lines in key order, quoted as Go does. */
const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')

/** requests and limits, in units of the divisor, rounded up. A missing limit is what the node can give. */
export const readResource = (container: Container, { resource, divisor }: ResourceFieldSelector, facts: PodFacts): string | undefined => {
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(resource)
  if (!match) return undefined
  const [, list, name] = match as unknown as [string, 'limits' | 'requests', string]
  const own = container.resources?.[list]?.[name] ?? (list === 'requests' ? container.resources?.limits?.[name] : facts.nodeAllocatable[name])
  const amount = name === 'cpu' ? milliValue : byteValue
  return String(Math.ceil(amount(own ?? '0') / amount(divisor && divisor !== '0' ? divisor : '1')))
}
