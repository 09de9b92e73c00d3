// What the service proxy needs to know.

export interface ProxyConfig {
  readonly nodeName: string
  /** Addresses of all pods of the cluster. */
  readonly clusterCidr: string
  readonly serviceCidr: string
  /** The bridge that this node's pods are behind. */
  readonly bridgeName?: string
  readonly tableName?: string
  /** Service addresses that are served on this node itself (cluster DNS): packets to them are left alone. */
  readonly servedLocally?: readonly string[]
  /** Whether to keep routes to the other nodes' pods and to the service addresses; false where another network plugin does. */
  readonly routes?: boolean
  readonly masqueradeMark?: number
  /** Put before every program, e.g. `nsenter --net=…`. */
  readonly commandPrefix?: readonly string[]
}

export type CompletedProxyConfig = Required<ProxyConfig>

export const completeProxyConfig = (config: ProxyConfig): CompletedProxyConfig => {
  for (const [what, cidr] of [
    ['cluster CIDR', config.clusterCidr],
    ['service CIDR', config.serviceCidr],
  ] as const)
    if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(cidr)) throw new Error(`${what} ${cidr}: not an IPv4 prefix`)
  return { bridgeName: 'wherry0', tableName: 'wherry', servedLocally: ['10.43.0.10'], routes: true, masqueradeMark: 0x4000, commandPrefix: [], ...config }
}
