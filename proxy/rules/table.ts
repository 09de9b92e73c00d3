// The static part of our nftables table: sets, maps and the few chains that look things up in them. What Services there are is in the
// elements alone. Pure.
//
//   prerouting, output ─▶ services ─▶ (vmap: frontend → pool chain) ─▶ pool chain ─▶ dnat to map[frontend . random index]
//   forward, input, output ─▶ refuse: frontends without endpoints
//   postrouting: masquerade what was marked, what returns to its sender, what leaves the cluster
import { createHash } from 'node:crypto'

export interface TableConfig {
  readonly tableName: string
  readonly clusterCidr: string
  readonly serviceCidr: string
  readonly bridgeName: string
  /** Bit of the packet mark that says "masquerade this"; upstream's by default. */
  readonly masqueradeMark: number
}

export type PoolKind = 'cluster' | 'cluster-local' | 'node' | 'node-local'

/** A kind of pool is found by the frontend's address, protocol and port, or (node ports) by protocol and port. */
export interface PoolShape {
  readonly kind: PoolKind
  readonly key: string
  readonly type: string
  readonly frontends: string
}

const byAddress = 'ip daddr . meta l4proto . th dport'
const byPort = 'meta l4proto . th dport'
const addressType = 'ipv4_addr . inet_proto . inet_service'
const portType = 'inet_proto . inet_service'
export const poolShapes: Readonly<Record<PoolKind, PoolShape>> = {
  cluster: { kind: 'cluster', key: byAddress, type: addressType, frontends: 'services' },
  'cluster-local': { kind: 'cluster-local', key: byAddress, type: addressType, frontends: 'services-local' },
  node: { kind: 'node', key: byPort, type: portType, frontends: 'node-ports' },
  'node-local': { kind: 'node-local', key: byPort, type: portType, frontends: 'node-ports-local' },
}

/** Sets whose elements the packet path writes; they are not ours to compare. */
export const isDynamicSet = (name: string): boolean => name.startsWith('affinity-')

const frontend = `type ${addressType}`
const nodeFrontend = `type ${portType}`

// The packet's priority serves as the register for what has been drawn: `numgen` itself cannot be declared as part of a key in a way that
// nft 1.0.6 reads back. The kernel sets the priority anew when it forwards. An index is written `0:1`, `0:2`, …, as nft writes a priority.
const poolMaps = ({ kind, type }: PoolShape): string => `
  map endpoints-${kind} { type ${type} . classid : ipv4_addr . inet_service; }
  map slots-${kind} { type ${type} . classid : classid; }
  map sticky-${kind} { type ${type} . classid : ipv4_addr . inet_service; }
  map affinity-${kind} {
    type ipv4_addr . ${type} : classid
    size 65535
    flags dynamic, timeout
  }`

const transports = 'meta l4proto { tcp, udp, sctp }'

/** Everything between the braces of the table, without the version chain. */
const body = ({ clusterCidr, serviceCidr, bridgeName, masqueradeMark }: TableConfig): string => {
  const mark = `0x${masqueradeMark.toString(16)}`
  const unmark = `0x${(~masqueradeMark >>> 0).toString(16)}`
  return `${Object.values(poolShapes).map(poolMaps).join('')}
  map services { ${frontend} : verdict; }
  map services-local { ${frontend} : verdict; }
  map node-ports { ${nodeFrontend} : verdict; }
  map node-ports-local { ${nodeFrontend} : verdict; }
  map host-ports { ${nodeFrontend} : ipv4_addr . inet_service; }
  map host-ports-at { ${frontend} : ipv4_addr . inet_service; }
  map refused { ${frontend} : verdict; }
  map refused-node-ports { ${nodeFrontend} : verdict; }
  set cluster-ips { type ipv4_addr; }
  set masqueraded { ${frontend}; }
  set masqueraded-node-ports { ${nodeFrontend}; }
  set local-policy { ${frontend}; }
  set local-policy-node-ports { ${nodeFrontend}; }
  set hairpins { type ipv4_addr . ipv4_addr; }
  set guarded { ${frontend}; }
  set admitted {
    type ipv4_addr . inet_proto . inet_service . ipv4_addr
    flags interval
  }

  chain guard {
    type filter hook prerouting priority -110; policy accept;
    ct state new ${byAddress} @guarded ${byAddress} . ip saddr != @admitted drop
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump services
  }
  chain output {
    type nat hook output priority -100; policy accept;
    jump services
  }
  chain services {
    ip saddr != ${clusterCidr} fib saddr type != local ${byAddress} vmap @services-local
    ip daddr @cluster-ips ip saddr != ${clusterCidr} jump masquerade-later
    ${byAddress} @masqueraded jump masquerade-later
    fib saddr type local ${byAddress} @local-policy jump masquerade-later
    ${byAddress} vmap @services
    ip daddr != { 127.0.0.0/8, ${serviceCidr} } fib daddr type local jump node-services
  }
  chain node-services {
    ip saddr != ${clusterCidr} fib saddr type != local ${byPort} vmap @node-ports-local
    ${byPort} @masqueraded-node-ports jump masquerade-later
    fib saddr type local ${byPort} @local-policy-node-ports jump masquerade-later
    ${byPort} vmap @node-ports
    ${transports} dnat ip to ${byAddress} map @host-ports-at
    ${transports} dnat ip to ${byPort} map @host-ports
  }
  chain masquerade-later {
    meta mark set meta mark | ${mark}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark & ${mark} == ${mark} jump masquerade-now
    ct status dnat ip saddr . ip daddr @hairpins masquerade fully-random
    ip saddr ${clusterCidr} ip daddr != { ${clusterCidr}, 224.0.0.0/4 } oifname != "${bridgeName}" masquerade fully-random
  }
  chain masquerade-now {
    meta mark set meta mark & ${unmark}
    masquerade fully-random
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state invalid ip saddr ${clusterCidr} drop
    ct state new jump refuse
  }
  chain input {
    type filter hook input priority filter; policy accept;
    ct state new fib daddr type local ip daddr != { 127.0.0.0/8, ${serviceCidr} } ${byPort} vmap @refused-node-ports
    ct state new ${byAddress} vmap @refused
  }
  chain filter-output {
    type filter hook output priority filter; policy accept;
    ct state new jump refuse
    ct state new fib daddr type local ip daddr != { 127.0.0.0/8, ${serviceCidr} } ${byPort} vmap @refused-node-ports
    # a way to a pod is never a shorter one past this host
    oifname "${bridgeName}" icmp type redirect drop
  }
  chain refuse {
    ${byAddress} vmap @refused
    ip daddr ${serviceCidr} fib daddr type local return
    ip daddr @cluster-ips reject
    ip daddr ${serviceCidr} drop
  }
  chain reject-it {
    reject
  }
`
}

const sixteenHex = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** An empty chain of this name says which static part the kernel holds. */
export const toVersionChain = (config: TableConfig): string => `version-${sixteenHex(body(config))}`

/** Replaces the table in one transaction: connections that are translated already go on, as connection tracking holds them. */
export const toTableText = (config: TableConfig): string =>
  `add table inet ${config.tableName}\ndelete table inet ${config.tableName}\ntable inet ${config.tableName} {${body(config)}  chain ${toVersionChain(config)} {\n  }\n}\n`

/** `drop`, or the chain of a pool with `size` endpoints. */
export const toPoolChainName = (kind: PoolKind, size: number, affinitySeconds?: number): string =>
  `${kind}-${size}${affinitySeconds === undefined ? '' : `-sticky-${affinitySeconds}`}`

export const parsePoolChainName = (name: string): { kind: PoolKind; size: number; affinitySeconds?: number } | undefined => {
  const [, kind, size, seconds] = /^(cluster|cluster-local|node|node-local)-(\d+)(?:-sticky-(\d+))?$/.exec(name) ?? []
  if (kind === undefined) return undefined
  return { kind: kind as PoolKind, size: Number(size), ...(seconds === undefined ? {} : { affinitySeconds: Number(seconds) }) }
}

/** How an index is written in a key. */
export const toSlot = (index: number): string => `0:${(index + 1).toString(16)}`

/** Rules of a pool chain; one chain serves every frontend with that many endpoints. With affinity: the endpoint that the client had, as long
 * as it is still one of the frontend's, else another. */
export const toPoolRules = (name: string): string[] => {
  const parsed = parsePoolChainName(name)
  if (!parsed) throw new Error(`${name}: not the name of a pool chain`)
  const { kind, size, affinitySeconds } = parsed
  const { key } = poolShapes[kind]
  const pick = `meta priority set numgen random mod ${size} offset 1`
  if (affinitySeconds === undefined) return [pick, `${transports} dnat ip to ${key} . meta priority map @endpoints-${kind}`]
  const client = `ip saddr . ${key}`
  return [
    'meta priority set 0:0',
    `meta priority set ${client} map @affinity-${kind}`,
    `meta priority != 0:0 update @affinity-${kind} { ${client} timeout ${affinitySeconds}s : meta priority }`,
    `${transports} dnat ip to ${key} . meta priority map @sticky-${kind}`,
    `delete @affinity-${kind} { ${client} : meta priority }`,
    pick,
    `meta priority set ${key} . meta priority map @slots-${kind}`,
    `add @affinity-${kind} { ${client} timeout ${affinitySeconds}s : meta priority }`,
    `${transports} dnat ip to ${key} . meta priority map @sticky-${kind}`,
  ]
}
