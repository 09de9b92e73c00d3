// Which connection tracking entries a change makes wrong. Only for UDP: it has no end of a connection, so a client that keeps its source port
// would be sent to a gone endpoint (or past a new one) for as long as it goes on sending. TCP connections are left to end. Pure.
import type { Changes } from './diff.ts'
import type { Element } from './elements.ts'

/** Entries to delete: of this original destination, and answered by this address when given. */
export interface StaleFlows {
  readonly address?: string
  readonly port: string
  readonly answeredBy?: string
}

const splitFrontend = (kind: 'address' | 'port', key: string): { protocol: string; flows: StaleFlows } => {
  const parts = key.split(' . ')
  if (kind === 'port') return { protocol: parts[0] ?? '', flows: { port: parts[1] ?? '' } }
  return { protocol: parts[1] ?? '', flows: { address: parts[0] ?? '', port: parts[2] ?? '' } }
}

const kindOf = (set: string): 'address' | 'port' => (/node|^host-ports$/.test(set) ? 'port' : 'address')
const isEndpoints = ({ set }: Element): boolean => set.startsWith('endpoints-')
const isRefusal = ({ set }: Element): boolean => set.startsWith('refused')
const isFrontend = ({ set }: Element): boolean => set === 'services' || set === 'node-ports'
const isHostPort = ({ set }: Element): boolean => set.startsWith('host-ports')

export const planStaleFlows = ({ added, removed }: Changes): StaleFlows[] => {
  const stale = new Map<string, StaleFlows>()
  const add = (flows: StaleFlows): void => void stale.set(`${flows.address ?? ''} ${flows.port} ${flows.answeredBy ?? ''}`, flows)
  // an endpoint that only changed its index is not gone
  const frontendOf = ({ key, set }: Element): string => `${set} ${key.slice(0, key.lastIndexOf(' . '))}`
  const kept = new Set(added.filter(isEndpoints).map(e => `${frontendOf(e)} ${e.value}`))
  for (const element of removed.filter(isEndpoints)) {
    const { protocol, flows } = splitFrontend(kindOf(element.set), element.key)
    if (protocol === 'udp' && !kept.has(`${frontendOf(element)} ${element.value}`)) add({ ...flows, answeredBy: element.value.split(' . ')[0] ?? '' })
  }
  // the first endpoint: what was sent before went nowhere, untranslated
  const back = new Set(added.filter(isFrontend).map(e => `${kindOf(e.set)} ${e.key}`))
  for (const element of removed.filter(isRefusal)) {
    const { protocol, flows } = splitFrontend(kindOf(element.set), element.key)
    if (protocol === 'udp' && back.has(`${kindOf(element.set)} ${element.key}`)) add(flows)
  }
  const before = new Set(removed.filter(isFrontend).map(e => `${kindOf(e.set)} ${e.key}`))
  for (const element of added.filter(isFrontend)) {
    const { protocol, flows } = splitFrontend(kindOf(element.set), element.key)
    if (protocol === 'udp' && !before.has(`${kindOf(element.set)} ${element.key}`)) add(flows)
  }
  for (const element of [...removed, ...added].filter(isHostPort)) {
    const { protocol, flows } = splitFrontend(kindOf(element.set), element.key)
    if (protocol === 'udp') add(flows)
  }
  return [...stale.values()]
}

/** Arguments of `conntrack`. */
export const toConntrackArguments = ({ address, port, answeredBy }: StaleFlows): string[] => [
  '-D',
  '-f',
  'ipv4',
  '-p',
  'udp',
  '--orig-port-dst',
  port,
  ...(address === undefined ? [] : ['--orig-dst', address]),
  ...(answeredBy === undefined ? [] : ['--reply-src', answeredBy]),
]
