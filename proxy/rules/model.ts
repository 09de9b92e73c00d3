// What the proxy knows of one port of one Service, taken from Service and EndpointSlices. Pure.
import type { Service } from '../../api/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../api/types/discovery-v1.ts'

export type Protocol = 'tcp' | 'udp' | 'sctp'

/** Family of everything that is programmed; IPv6 will be a second table of elements, not another model. */
export type Family = 'IPv4'

export interface ServicePort {
  /** `namespace/name:port` */
  readonly name: string
  readonly protocol: Protocol
  readonly clusterIps: readonly string[]
  readonly port: number
  /** spec.externalIPs and the load balancer's addresses. */
  readonly externalIps: readonly string[]
  readonly nodePort?: number
  /** Where traffic may go, as `address . port`; endpoints that terminate are in it only when no other is left. */
  readonly endpoints: readonly string[]
  /** The same among the endpoints on this node. */
  readonly localEndpoints: readonly string[]
  /** Addresses of all endpoints on this node, for packets that come back to their sender. */
  readonly localAddresses: readonly string[]
  readonly internalLocal: boolean
  readonly externalLocal: boolean
  /** Seconds for which a client stays with its endpoint; undefined without session affinity. */
  readonly affinitySeconds?: number
  /** Who may use the load balancer's addresses; empty: everybody. */
  readonly loadBalancerIps: readonly string[]
  readonly sourceRanges: readonly string[]
}

const protocols: Readonly<Record<string, Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' }
const isIPv4 = (address: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(address)
const addressTypes: Readonly<Record<Family, string>> = { IPv4: 'IPv4' }

interface Candidate {
  readonly target: string
  readonly address: string
  readonly local: boolean
  readonly ready: boolean
  readonly serving: boolean
}

// unset means true for ready, and "as ready" for serving (discovery.k8s.io/v1)
const toCandidate = (endpoint: Endpoint, port: number, nodeName: string): Candidate | undefined => {
  const [address] = endpoint.addresses
  if (address === undefined) return undefined
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {}
  return { target: `${address} . ${port}`, address, local: endpoint.nodeName === nodeName, ready: ready && !terminating, serving }
}

/** Ready endpoints; when there are none, those that still serve while they terminate. */
const usable = (candidates: readonly Candidate[]): string[] => {
  const ready = candidates.filter(c => c.ready)
  const chosen = ready.length > 0 ? ready : candidates.filter(c => c.serving)
  return [...new Set(chosen.map(c => c.target))].sort()
}

/** Whether this proxy is to program the Service at all. */
export const isProxied = (service: Service): boolean => {
  const { clusterIP, type } = service.spec
  return (
    type !== 'ExternalName' &&
    clusterIP !== undefined &&
    clusterIP !== '' &&
    clusterIP !== 'None' &&
    service.metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined
  )
}

/** `slices` are those labelled with the Service's name. */
export const toServicePorts = (service: Service, slices: readonly EndpointSlice[], nodeName: string, family: Family = 'IPv4'): ServicePort[] => {
  if (!isProxied(service)) return []
  const spec = service.spec
  const clusterIps = (spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? '']).filter(isIPv4)
  const ingress = (service.status?.loadBalancer?.ingress ?? [])
    .filter(i => i.ipMode !== 'Proxy')
    .map(i => i.ip ?? '')
    .filter(isIPv4)
  const loadBalancerIps = spec.type === 'LoadBalancer' ? ingress : []
  const sourceRanges =
    spec.type === 'LoadBalancer' ? (spec.loadBalancerSourceRanges ?? []).map(range => range.trim()).filter(range => !range.includes(':')) : []
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0
  const mine = slices.filter(slice => slice.addressType === addressTypes[family])
  return (spec.ports ?? []).flatMap(port => {
    const protocol = protocols[port.protocol ?? 'TCP']
    if (!protocol) return []
    const candidates = mine.flatMap(slice =>
      (slice.ports ?? [])
        .filter(p => (p.name ?? '') === (port.name ?? '') && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP') && p.port !== undefined)
        .flatMap(p => (slice.endpoints ?? []).map(endpoint => toCandidate(endpoint, p.port ?? 0, nodeName)).filter(c => c !== undefined)),
    )
    const local = candidates.filter(c => c.local)
    return [
      {
        name: `${service.metadata.namespace ?? ''}/${service.metadata.name ?? ''}:${port.name ?? ''}`,
        protocol,
        clusterIps,
        port: port.port,
        externalIps: [...new Set([...(spec.externalIPs ?? []).filter(isIPv4), ...loadBalancerIps])],
        ...(port.nodePort ? { nodePort: port.nodePort } : {}),
        endpoints: usable(candidates),
        localEndpoints: usable(local),
        localAddresses: [...new Set(local.map(c => c.address))],
        internalLocal: spec.internalTrafficPolicy === 'Local',
        externalLocal: external && spec.externalTrafficPolicy === 'Local',
        ...(spec.sessionAffinity === 'ClientIP' ? { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800 } : {}),
        loadBalancerIps,
        sourceRanges,
      },
    ]
  })
}
