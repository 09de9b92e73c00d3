// Routes to the other nodes' pods, for nodes on one layer 2 network, and one that gives this host's own packets to service addresses a way
// and a source even where there is no default route (they are translated before they leave). Pure.
import type { Node } from '../../api/types/core-v1.ts'

/** By destination, the rest of the route in `ip route`'s words. */
export type Routes = ReadonlyMap<string, string>

const internalIPv4 = (node: Node | undefined): string | undefined =>
  node?.status?.addresses?.find(a => a.type === 'InternalIP' && /^\d+\.\d+\.\d+\.\d+$/.test(a.address))?.address

export const planRoutes = (nodes: readonly Node[], ownName: string, serviceCidr: string): Routes => {
  const routes = new Map<string, string>()
  const ownAddress = internalIPv4(nodes.find(node => node.metadata.name === ownName))
  if (ownAddress !== undefined) routes.set(serviceCidr, `dev lo src ${ownAddress}`)
  for (const node of nodes) {
    const via = internalIPv4(node)
    if (node.metadata.name === ownName || via === undefined || via === ownAddress) continue
    const cidrs = node.spec.podCIDRs?.length ? node.spec.podCIDRs : [node.spec.podCIDR ?? '']
    for (const cidr of cidrs) if (cidr !== '' && !cidr.includes(':')) routes.set(cidr, `via ${via}`)
  }
  return routes
}

/** Reads `ip -j -4 route show`. */
export const parseRoutes = (text: string): Routes =>
  new Map(
    (JSON.parse(text || '[]') as { dst: string; gateway?: string; dev?: string; prefsrc?: string }[]).map(route => [
      route.dst,
      route.gateway === undefined ? `dev ${route.dev ?? ''} src ${route.prefsrc ?? ''}` : `via ${route.gateway}`,
    ]),
  )

/** What to set and what to remove so that `present` becomes `wanted`. */
export const diffRoutes = (present: Routes, wanted: Routes): { set: [destination: string, how: string][]; remove: string[] } => ({
  set: [...wanted].filter(([destination, how]) => present.get(destination) !== how),
  remove: [...present.keys()].filter(destination => !wanted.has(destination)),
})
