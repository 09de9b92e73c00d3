// The endpoints of a Service from its pods, grouped by address family and by the ports they resolve to. Pure.
import type { Pod, Service, ServicePort } from '../../api/types/core-v1.ts'
import type { Endpoint, EndpointPort } from '../../api/types/discovery-v1.ts'
import { isFinished, isReady } from '../pod-state.ts'

export type AddressType = 'IPv4' | 'IPv6'
export interface EndpointGroup {
  readonly addressType: AddressType
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Endpoint[]
}

const familyOf = (ip: string): AddressType => (ip.includes(':') ? 'IPv6' : 'IPv4')

/** Families that the Service speaks; a headless one without a say follows its pods. */
export const addressTypesOf = (service: Service, pods: readonly Pod[]): AddressType[] => {
  const families = service.spec.ipFamilies?.filter((f): f is AddressType => f === 'IPv4' || f === 'IPv6') ?? []
  if (families.length) return families
  const ips = service.spec.clusterIP && service.spec.clusterIP !== 'None' ? [service.spec.clusterIP] : pods.flatMap(p => p.status?.podIPs?.map(i => i.ip) ?? [])
  const found = [...new Set(ips.map(familyOf))]
  return found.length ? found : ['IPv4']
}

/** The number a Service's port means on this pod; undefined where a named port is not declared. */
const resolvePort = (pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined => {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port
  if (typeof targetPort === 'number') return targetPort
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always')]
  for (const c of containers) for (const p of c.ports ?? []) if (p.name === targetPort && (p.protocol ?? 'TCP') === protocol) return p.containerPort
  return undefined
}

const toPorts = (pod: Pod, service: Service): EndpointPort[] => {
  const ports: EndpointPort[] = []
  for (const p of service.spec.ports ?? []) {
    const port = resolvePort(pod, p)
    if (port !== undefined) ports.push({ name: p.name ?? '', protocol: p.protocol ?? 'TCP', port, ...(p.appProtocol && { appProtocol: p.appProtocol }) })
  }
  return ports
}

export const toEndpoint = (pod: Pod, service: Service, address: string, zone: string | undefined): Endpoint => {
  const { name = '', namespace = '', uid = '', deletionTimestamp } = pod.metadata
  const serving = isReady(pod)
  const terminating = deletionTimestamp !== undefined
  const { hostname, subdomain, nodeName } = pod.spec
  return {
    addresses: [address],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname && subdomain === service.metadata.name && namespace === service.metadata.namespace && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
  }
}

const portsOrder = (a: EndpointPort, b: EndpointPort): number =>
  (a.name ?? '') < (b.name ?? '') ? -1 : (a.name ?? '') > (b.name ?? '') ? 1 : (a.port ?? 0) - (b.port ?? 0)
/** Equal for equal ports, in whatever order and with whatever defaults left out. */
export const portsKey = (addressType: string, ports: readonly EndpointPort[] | undefined): string =>
  JSON.stringify([addressType, (ports ?? []).toSorted(portsOrder).map(p => [p.name ?? '', p.protocol ?? 'TCP', p.port ?? null, p.appProtocol ?? ''])])

export const computeEndpointGroups = (service: Service, pods: readonly Pod[], zoneOf: (node: string) => string | undefined): Map<string, EndpointGroup> => {
  const groups = new Map<string, EndpointGroup>()
  for (const addressType of addressTypesOf(service, pods)) {
    let any = false
    for (const pod of pods) {
      if (isFinished(pod)) continue
      const address = (pod.status?.podIPs?.map(i => i.ip) ?? (pod.status?.podIP ? [pod.status.podIP] : [])).find(ip => ip && familyOf(ip) === addressType)
      if (!address) continue
      const ports = toPorts(pod, service)
      const key = portsKey(addressType, ports)
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] }
      group.endpoints.push(toEndpoint(pod, service, address, pod.spec.nodeName ? zoneOf(pod.spec.nodeName) : undefined))
      groups.set(key, group)
      any = true
    }
    // A Service without endpoints has one empty slice: readers can tell "none" from "not yet looked at".
    if (!any) groups.set(portsKey(addressType, []), { addressType, ports: [], endpoints: [] })
  }
  return groups
}
