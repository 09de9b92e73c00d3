// Routes to the other nodes' pods, for nodes on one layer 2 network. Pure.
import type { Node } from '../../api/types/core-v1.ts'

/** Next hop by pod CIDR. */
export type Routes = ReadonlyMap<string, string>

const internalIPv4 = (node: Node): string | undefined =>
  node.status?.addresses?.find(a => a.type === 'InternalIP' && /^\d+\.\d+\.\d+\.\d+$/.test(a.address))?.address

export const planRoutes = (nodes: readonly Node[], ownName: string): Routes => {
  const routes = new Map<string, string>()
  const own = nodes.find(node => node.metadata.name === ownName)
  const ownAddress = own && internalIPv4(own)
  for (const node of nodes) {
    const via = internalIPv4(node)
    if (node.metadata.name === ownName || via === undefined || via === ownAddress) continue
    const cidrs = node.spec.podCIDRs?.length ? node.spec.podCIDRs : [node.spec.podCIDR ?? '']
    for (const cidr of cidrs) if (cidr !== '' && !cidr.includes(':')) routes.set(cidr, via)
  }
  return routes
}

/** What to set and what to remove so that `present` becomes `wanted`. */
export const diffRoutes = (present: Routes, wanted: Routes): { set: [cidr: string, via: string][]; remove: string[] } => ({
  set: [...wanted].filter(([cidr, via]) => present.get(cidr) !== via),
  remove: [...present.keys()].filter(cidr => !wanted.has(cidr)),
})
