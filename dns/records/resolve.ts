// One question about the cluster's names, answered as the Kubernetes DNS specification 1.1 says. Pure.
import type { Service } from '../../api/types/core-v1.ts'
import type { NamedEndpoint } from './endpoints.ts'
import { toNamedEndpoints } from './endpoints.ts'
import type { ClusterView, RecordData, Resolution, Zone } from './view.ts'

const specificationVersion = '1.1.0'

/** What stands under one name. Undefined: no such name. Empty: a name that only has others below it. */
interface Found {
  readonly records: readonly RecordData[]
  readonly additionals?: readonly RecordData[]
}

const nothing: Found = { records: [] }
const isIPv4 = (address: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(address)
const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'
const clusterAddresses = ({ spec }: Service): string[] => (spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? '']).filter(isIPv4)

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const isInCidr = (address: string, cidr: string): boolean => {
  const [base = '', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size)
}

const soa = (zone: Zone, name: string): RecordData => ({
  name,
  type: 'SOA',
  ttl: zone.ttl,
  data: { mname: `ns.dns.${zone.domain}`, rname: `hostmaster.${zone.domain}`, serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: zone.ttl },
})

const serviceRecords = (service: Service, endpoints: () => NamedEndpoint[], asked: string, zone: Zone): RecordData[] => {
  if (service.spec.type === 'ExternalName') {
    const target = (service.spec.externalName ?? '').replace(/\.$/, '')
    // an address there names nothing; upstream's DNS leaves it out as well
    return target === '' || isIPv4(target) ? [] : [{ name: asked, type: 'CNAME', ttl: zone.ttl, data: target }]
  }
  const addresses = isHeadless(service) ? endpoints().map(e => e.address) : clusterAddresses(service)
  return [...new Set(addresses)].map(data => ({ name: asked, type: 'A', ttl: zone.ttl, data }))
}

/** SRV records for the ports that match (all of them without a name), with the addresses of their targets. */
const serviceLocations = (service: Service, endpoints: () => NamedEndpoint[], asked: string, zone: Zone, port?: { name: string; protocol: string }): Found => {
  const base = `${service.metadata.name ?? ''}.${service.metadata.namespace ?? ''}.svc.${zone.domain}`
  const matches = (p: { name?: string; protocol?: string }): boolean =>
    port === undefined || ((p.name ?? '').toLowerCase() === port.name && (p.protocol ?? 'TCP').toLowerCase() === port.protocol)
  const targets = isHeadless(service)
    ? endpoints().flatMap(e => e.ports.filter(matches).map(p => ({ port: p.port, target: `${e.label}.${base}`, addresses: [e.address] })))
    : (service.spec.ports ?? []).filter(matches).map(p => ({ port: p.port, target: base, addresses: clusterAddresses(service) }))
  const weight = Math.max(1, Math.floor(100 / Math.max(1, targets.length)))
  const additionals = new Map<string, RecordData>()
  for (const { target, addresses } of targets)
    for (const data of addresses) additionals.set(`${target} ${data}`, { name: target, type: 'A', ttl: zone.ttl, data })
  return {
    records: targets.map(t => ({ name: asked, type: 'SRV', ttl: zone.ttl, data: { priority: 0, weight, port: t.port, target: t.target } })),
    additionals: [...additionals.values()],
  }
}

/** `labels` are those before `.svc.<domain>`, in lower case. */
const findService = (labels: readonly string[], asked: string, zone: Zone, view: ClusterView): Found | undefined => {
  const namespace = labels.at(-1)
  if (namespace === undefined) return nothing
  const name = labels.at(-2)
  if (name === undefined) return view.hasNamespace(namespace) ? nothing : undefined
  const service = view.service(namespace, name)
  if (!service) return undefined
  const endpoints = (): NamedEndpoint[] => toNamedEndpoints(view.slices(namespace, name))
  if (isHeadless(service) && endpoints().length === 0 && labels.length === 2) return nothing
  const rest = labels.slice(0, -2)
  if (rest.length === 0) {
    const locations = service.spec.type === 'ExternalName' ? nothing : serviceLocations(service, endpoints, asked, zone)
    return {
      records: [...serviceRecords(service, endpoints, asked, zone), ...locations.records],
      ...(locations.additionals && { additionals: locations.additionals }),
    }
  }
  if (service.spec.type === 'ExternalName') return undefined
  const [first = '', second] = rest
  if (rest.length === 2 && first.startsWith('_') && second?.startsWith('_')) {
    const found = serviceLocations(service, endpoints, asked, zone, { name: first.slice(1), protocol: second.slice(1) })
    return found.records.length > 0 ? found : undefined
  }
  if (rest.length === 1 && first.startsWith('_')) return /^_(tcp|udp|sctp)$/.test(first) ? nothing : undefined
  if (rest.length !== 1 || !isHeadless(service)) return undefined
  const addresses = endpoints()
    .filter(e => e.label === first)
    .map(e => e.address)
  return addresses.length === 0 ? undefined : { records: [...new Set(addresses)].map(data => ({ name: asked, type: 'A', ttl: zone.ttl, data })) }
}

/** The address is read from the name; that the namespace exists is all that is asked (CoreDNS: `pods insecure`). */
const findPod = (labels: readonly string[], asked: string, zone: Zone, view: ClusterView): Found | undefined => {
  const [name, namespace] = labels.length === 2 ? labels : [undefined, labels[0]]
  if (labels.length > 2) return undefined
  if (namespace === undefined) return nothing
  if (!view.hasNamespace(namespace)) return undefined
  if (name === undefined) return nothing
  const address = name.replaceAll('-', '.')
  return isIPv4(address) && address.split('.').every(part => Number(part) < 256)
    ? { records: [{ name: asked, type: 'A', ttl: zone.ttl, data: address }] }
    : undefined
}

const findInDomain = (labels: readonly string[], asked: string, zone: Zone, view: ClusterView): Found | undefined => {
  const kind = labels.at(-1)
  const below = labels.slice(0, -1)
  if (kind === undefined) return { records: [soa(zone, asked), { name: asked, type: 'NS', ttl: zone.ttl, data: `ns.dns.${zone.domain}` }] }
  if (kind === 'svc') return findService(below, asked, zone, view)
  if (kind === 'pod') return findPod(below, asked, zone, view)
  if (kind === 'dns') {
    if (below.length === 0) return nothing
    return below.length === 1 && below[0] === 'ns' ? { records: [{ name: asked, type: 'A', ttl: zone.ttl, data: zone.address }] } : undefined
  }
  return kind === 'dns-version' && below.length === 0 ? { records: [{ name: asked, type: 'TXT', ttl: zone.ttl, data: [specificationVersion] }] } : undefined
}

/** `elsewhere` when the address belongs to nobody here, so that the host's resolvers may know it. */
const findReverse = (address: string, asked: string, zone: Zone, view: ClusterView): Found | 'elsewhere' | undefined => {
  const names = view.servicesByAddress(address).map(s => `${s.metadata.name ?? ''}.${s.metadata.namespace ?? ''}.svc.${zone.domain}`)
  if (names.length === 0)
    for (const slice of view.slicesByAddress(address)) {
      const [namespace, name] = [slice.metadata.namespace ?? '', slice.metadata.labels?.['kubernetes.io/service-name'] ?? '']
      const service = view.service(namespace, name)
      if (!service || !isHeadless(service)) continue
      for (const endpoint of toNamedEndpoints([slice]))
        if (endpoint.address === address) names.push(`${endpoint.label}.${name}.${namespace}.svc.${zone.domain}`)
    }
  if (names.length > 0) return { records: [...new Set(names)].map(data => ({ name: asked, type: 'PTR', ttl: zone.ttl, data })) }
  return isInCidr(address, zone.serviceCidr) || isInCidr(address, zone.clusterCidr) ? undefined : 'elsewhere'
}

const reverseSuffix = '.in-addr.arpa'

/** `name` as it was asked; answers carry it in the same letters. */
export const resolve = (name: string, type: string, zone: Zone, view: ClusterView): Resolution => {
  const asked = name.replace(/\.$/, '')
  const lower = asked.toLowerCase()
  let found: Found | 'elsewhere' | undefined
  let authority = zone.domain
  if (lower === zone.domain || lower.endsWith(`.${zone.domain}`)) {
    const before = lower.slice(0, -zone.domain.length).replace(/\.$/, '')
    found = findInDomain(before === '' ? [] : before.split('.'), asked, zone, view)
  } else if (lower.endsWith(reverseSuffix)) {
    const address = lower.slice(0, -reverseSuffix.length).split('.').reverse().join('.')
    if (!isIPv4(address)) return { kind: 'elsewhere' }
    found = findReverse(address, asked, zone, view)
    authority = lower
  } else return { kind: 'elsewhere' }
  if (found === 'elsewhere') return { kind: 'elsewhere' }
  // a CNAME answers every type
  const answers = (found?.records ?? []).filter(r => type === 'ANY' || r.type === type || r.type === 'CNAME')
  return {
    kind: 'answer',
    rcode: found ? 'NOERROR' : 'NXDOMAIN',
    answers,
    additionals: type === 'SRV' ? (found?.additionals ?? []) : [],
    authorities: answers.length === 0 ? [soa(zone, authority)] : [],
  }
}
