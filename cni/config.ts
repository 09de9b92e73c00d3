// What the pod network of one node needs to know.
import { parseCidr } from './cidr.ts'

export interface NetworkConfig {
  /** Where containerd looks for network configurations; ours only. */
  readonly confDir: string
  /** Addresses of this node's pods: spec.podCIDR of its Node. */
  readonly podCidr: string
  /** Addresses of all pods of the cluster. */
  readonly clusterCidr: string
  /** Reservations of host-local, one directory per network in it. Never the plugin's default: clusters on one host would share it. */
  readonly dataDir: string
  readonly bridgeName?: string
  /** By default the kernel's, 1500. */
  readonly mtu?: number
  /** Searched in order for the plugins; by default `cniBinDirs`. */
  readonly binDirs?: readonly string[]
  /** Name of the nftables table (family bridge) that keeps pods from finding each other past the host. */
  readonly tableName?: string
}

export type CompletedNetworkConfig = Required<Omit<NetworkConfig, 'mtu'>> & { readonly mtu: number | undefined }

/** Where Debian, the upstream bundle and Fedora put the CNI plugins. */
export const cniBinDirs: readonly string[] = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']

/** Also the name of the directory under `dataDir`. */
export const networkName = 'wherry'

/** Throws one clear sentence for a configuration that cannot work. */
export const completeNetworkConfig = (config: NetworkConfig): CompletedNetworkConfig => {
  const { podCidr, clusterCidr, bridgeName = 'wherry0', mtu, binDirs = cniBinDirs, tableName = 'wherry' } = config
  const [pods, cluster] = [parseCidr(podCidr), parseCidr(clusterCidr)]
  if (!pods || pods.bits > 29) throw new Error(`pod CIDR ${podCidr}: not an IPv4 prefix of at most 29 bits`)
  if (!cluster) throw new Error(`cluster CIDR ${clusterCidr}: not an IPv4 prefix`)
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,14}$/.test(bridgeName)) throw new Error(`bridge name ${bridgeName}: not an interface name of at most 15 characters`)
  return { ...config, bridgeName, mtu, binDirs, tableName }
}
