// Where pods/proxy, services/proxy and nodes/proxy lead: from `SCHEME:NAME:PORT` to an address.
import { isIP } from 'node:net'
import { badRequest, notFound, StatusError } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import { lookUp } from '../admission/look-up.ts'
import type { Context, Parts } from '../context.ts'
import type { Target } from '../http/forward.ts'
import type { Served } from '../resource-table.ts'
import { locateAgent } from './node-address.ts'

export type Location = Pick<Target, 'protocol' | 'host' | 'port' | 'tls'>

interface Pod extends KubeObject {
  spec: { containers: { ports?: { containerPort: number }[] }[] }
  status?: { podIP?: string; podIPs?: { ip?: string }[] }
}
interface Service extends KubeObject {
  spec: { ports?: { name?: string; port: number }[] }
}
interface Slice extends KubeObject {
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean }; targetRef?: { kind?: string; namespace?: string; name?: string } }[] | null
  ports?: { name?: string; port?: number }[] | null
}

export interface Wanted {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

/** undefined for what is no name, no `name:port` and no `scheme:name:port`. */
export const parseWanted = (id: string): Wanted | undefined => {
  const parts = id.split(':')
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? '']
  if (!name || parts.length > 3 || (parts.length === 3 && scheme !== 'http' && scheme !== 'https')) return undefined
  return { scheme, name, port }
}

/** Loopback, link-local and multicast addresses are this machine's business, not its clients'. */
export const isProxyable = (address: string): boolean => {
  const version = isIP(address)
  if (version === 4) return !/^(0\.0\.0\.0$|255\.255\.255\.255$|127\.|169\.254\.|2(2[4-9]|3\d)\.)/.test(address)
  return version === 6 && !/^(::1?$|fe[89ab]|ff|::ffff:)/i.test(address)
}

const protocolOf = (scheme: string): Target['protocol'] => (scheme === 'https' ? 'https:' : 'http:')
/** Pods and Services have no certificates that we could know. */
const toLocation = (scheme: string, host: string, port: number): Location => ({ protocol: protocolOf(scheme), host, port, tls: { insecure: true } })
const unavailable = (message: string): StatusError => new StatusError(503, 'ServiceUnavailable', message)

const toPort = (text: string): number => {
  const known: Readonly<Record<string, number>> = { http: 80, https: 443 }
  const port = /^\d{1,5}$/.test(text) ? Number(text) : (known[text] ?? 0)
  if (port < 1 || port > 65_535) throw unavailable(`error trying to reach service: unknown port ${JSON.stringify(text)}`)
  return port
}

const locatePod = async (parts: Parts, { info }: Context, served: Served, { scheme, name, port }: Wanted): Promise<Location> => {
  const pod = await lookUp<Pod>(parts.store, served.keyOf(info.namespace, name))
  if (!pod) throw notFound(served.record, name)
  const address = pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? ''
  if (!isProxyable(address)) throw badRequest('address not allowed')
  const usual = scheme === 'https' ? 443 : 80
  const declared = pod.spec.containers.flatMap(c => c.ports ?? [])[0]?.containerPort ?? usual
  return toLocation(scheme, address, port ? toPort(port) : declared)
}

/** Of the slices' endpoints those that are pods of the namespace with this address. */
const isPodAt = async (
  parts: Parts,
  namespace: string,
  address: string,
  ref: { kind?: string; namespace?: string; name?: string } | undefined,
): Promise<boolean> => {
  if (ref?.kind !== 'Pod' || ref.namespace !== namespace || !ref.name) return false
  const pod = await lookUp<Pod>(parts.store, parts.table.stored('pods').keyOf(namespace, ref.name))
  return pod !== undefined && (pod.status?.podIP === address || (pod.status?.podIPs?.some(p => p.ip === address) ?? false))
}

/** The same elements, beginning at a random one. */
const rotated = <T>(list: readonly T[]): T[] => {
  const start = Math.floor(Math.random() * list.length)
  return [...list.slice(start), ...list.slice(0, start)]
}

const locateService = async (parts: Parts, { info, request }: Context, served: Served, { scheme, name, port }: Wanted): Promise<Location> => {
  const { namespace } = info
  let portName = port
  if (/^[+-]?\d+$/.test(port)) {
    const service = await lookUp<Service>(parts.store, served.keyOf(namespace, name))
    if (!service) throw notFound(served.record, name)
    const found = service.spec.ports?.find(p => p.port === Number(port))
    if (!found) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
    portName = found.name ?? ''
  }
  const kind = parts.table.stored('endpointslices.discovery.k8s.io')
  const { entries } = await parts.store.list(kind.prefixOf(namespace), { freshness: 'any', signal: request.signal })
  const slices = [...entries].filter(e => e.labels['kubernetes.io/service-name'] === name).map(e => e.object() as Slice)
  if (!slices.length) throw notFound(served.record, name)
  for (const slice of rotated(slices)) {
    const target = slice.ports?.find(p => (p.name ?? '') === portName)?.port
    if (target === undefined) continue
    for (const endpoint of rotated(slice.endpoints ?? [])) {
      const [address = ''] = endpoint.addresses
      if (endpoint.conditions?.ready === false || !isProxyable(address)) continue
      if (await isPodAt(parts, namespace, address, endpoint.targetRef)) return toLocation(scheme, address, target)
    }
  }
  throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
}

/** Without a port, or with that of the agent, it is the agent, and we come with our certificate. */
const locateNode = async (parts: Parts, { request }: Context, served: Served, { scheme, name, port }: Wanted): Promise<Location> => {
  const agent = await locateAgent(parts, name, request.signal, served.record)
  const client = parts.config.agentClient
  if (port === '' || port === String(agent.port)) return { protocol: 'https:', ...agent, tls: { ...client, insecure: client?.ca === undefined } }
  if (isIP(agent.host) && !isProxyable(agent.host)) throw badRequest('address not allowed')
  return toLocation(scheme, agent.host, toPort(port))
}

export const locators: Readonly<Record<string, { kind: string; locate: typeof locatePod }>> = {
  pods: { kind: 'PodProxyOptions', locate: locatePod },
  services: { kind: 'ServiceProxyOptions', locate: locateService },
  nodes: { kind: 'NodeProxyOptions', locate: locateNode },
}
