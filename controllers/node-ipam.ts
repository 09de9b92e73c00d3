// Gives every node its part of the cluster's pod addresses: spec.podCIDR(s), once, never the same to two.
import { nodes as nodeKind } from '../api/kinds/core/node.ts'
import type { Node } from '../api/types/core-v1.ts'
import type { Controller } from '../client/types.ts'
import { type Cidr, firstFree, formatCidr, parseCidr } from './cidr.ts'
import type { ControllerContext } from './context.ts'

const cidrsOf = (node: Node): string[] => {
  const { podCIDR, podCIDRs } = (node as { spec?: Node['spec'] }).spec ?? {}
  return podCIDRs?.length ? podCIDRs : podCIDR ? [podCIDR] : []
}

export const createNodeIpamController = ({ client, informers, events: eventsOf, config }: ControllerContext): Controller | undefined => {
  const ranges = config.clusterCidrs.map(parseCidr)
  if (!ranges.length) return undefined
  const nodes = informers.of(nodeKind)
  const events = eventsOf('node-ipam-controller')
  /** Given out, by node; the informer may not show it yet. */
  const given = new Map<string, string[]>()

  const used = (): Cidr[] => {
    const texts = new Set(nodes.list().flatMap(cidrsOf))
    for (const cidrs of given.values()) for (const cidr of cidrs) texts.add(cidr)
    return [...texts].map(parseCidr)
  }
  return {
    name: 'node-ipam-controller',
    // One at a time: a part is chosen from what all others have.
    concurrency: 1,
    watches: [{ informer: nodes, toKeys: (node: Node, old?: Node) => (cidrsOf(node).length && old ? [] : [node.metadata.name ?? '']) }],
    async reconcile(name) {
      const node = nodes.get(name)
      if (!node) {
        given.delete(name)
        return undefined
      }
      if (cidrsOf(node).length) {
        given.set(name, cidrsOf(node))
        return undefined
      }
      const taken = used()
      const parts =
        given.get(name) ??
        ranges.map(range => {
          const part = firstFree(range, range.family === 4 ? config.nodeMaskIPv4 : config.nodeMaskIPv6, taken)
          if (part) return formatCidr(part)
          events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
          throw new Error(`${formatCidr(range)} has no part left for node ${name}`)
        })
      given.set(name, parts)
      await client.of(nodeKind).patch(name, 'merge', { metadata: { uid: node.metadata.uid }, spec: { podCIDR: parts[0], podCIDRs: parts } })
      return undefined
    },
  }
}
