// resolv.conf of a pod: pure, from its policy, the cluster's DNS and the host's own file.
import type { Pod } from '../../api/types/core-v1.ts'
import type { DnsConfig } from '../cri/messages.ts'
import { podNamespaceOf } from './names.ts'

export interface DnsFacts {
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly host: DnsConfig
}

export const parseResolvConf = (text: string): DnsConfig => {
  const config: DnsConfig = { servers: [], searches: [], options: [] }
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver' && rest[0]) config.servers.push(rest[0])
    if (word === 'search') config.searches = rest.filter(name => name !== '.')
    if (word === 'options') config.options = rest
  }
  return config
}

export const toDnsConfig = (pod: Pod, { clusterDns, clusterDomain, host }: DnsFacts): DnsConfig => {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = pod.spec
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  const base: DnsConfig =
    dnsPolicy === 'None'
      ? { servers: [], searches: [], options: [] }
      : cluster && clusterDns
        ? {
            servers: [clusterDns],
            searches: unique([`${podNamespaceOf(pod)}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, ...host.searches]),
            options: ['ndots:5'],
          }
        : host
  if (!dnsConfig) return base
  const named = new Map(base.options.map(option => [option.split(':', 1)[0]!, option]))
  for (const { name = '', value } of dnsConfig.options ?? []) named.set(name, value ? `${name}:${value}` : name)
  return {
    servers: unique([...base.servers, ...(dnsConfig.nameservers ?? [])]),
    searches: unique([...base.searches, ...(dnsConfig.searches ?? [])]),
    options: [...named.values()],
  }
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]
