// What cluster DNS needs to know.

export interface DnsConfig {
  /** clusterIP of kube-system/kube-dns; put on the loopback device of the host, so that pods reach it through their gateway untranslated. */
  readonly address: string
  readonly port?: number
  /** By default cluster.local. */
  readonly domain?: string
  readonly serviceCidr: string
  readonly clusterCidr: string
  /** Names the resolvers that everything outside the cluster is asked of. */
  readonly resolvConf?: string
  /** Seconds. */
  readonly ttl?: number
  /** Whether the address is put on the loopback device; false where it is there already. */
  readonly manageAddress?: boolean
}

export type CompletedDnsConfig = Required<DnsConfig>

export const completeDnsConfig = (config: DnsConfig): CompletedDnsConfig => ({
  port: 53,
  resolvConf: '/etc/resolv.conf',
  ttl: 5,
  manageAddress: true,
  ...config,
  domain: (config.domain ?? 'cluster.local').toLowerCase().replace(/\.$/, ''),
})
