// /etc/hosts of a pod and its host name: pure.
import type { Pod } from '../../api/types/core-v1.ts'
import { podNamespaceOf, podNameOf } from './names.ts'

/** The first line by which upstream's tests and users recognise the file. */
const heading = '# Kubernetes-managed hosts file.'
const headingHost = '# Kubernetes-managed hosts file (host network).'

/** At most 63 bytes; a cut name does not end in a dash or dot. */
export const toHostname = (pod: Pod): string => (pod.spec.hostnameOverride ?? pod.spec.hostname ?? podNameOf(pod)).slice(0, 63).replace(/[-.]+$/, '')

/** The domain behind the host name, when the pod names a subdomain. */
export const toDomain = (pod: Pod, clusterDomain: string): string =>
  pod.spec.subdomain && !pod.spec.hostnameOverride ? `${pod.spec.subdomain}.${podNamespaceOf(pod)}.svc.${clusterDomain}` : ''

/** What the process sees as its host name. */
export const toKernelHostname = (pod: Pod, clusterDomain: string): string => {
  const domain = toDomain(pod, clusterDomain)
  return pod.spec.setHostnameAsFQDN && domain ? `${toHostname(pod)}.${domain}` : toHostname(pod)
}

const toAliases = (pod: Pod): string => {
  const lines = (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  return lines.length ? `\n# Entries added by HostAliases.\n${lines.join('')}` : ''
}

export const toHostsFile = (pod: Pod, ips: readonly string[], clusterDomain: string): string => {
  const domain = toDomain(pod, clusterDomain)
  const hostname = toHostname(pod)
  const own = ips.map(ip => (domain ? `${ip}\t${hostname}.${domain}\t${hostname}\n` : `${ip}\t${hostname}\n`)).join('')
  return (
    `${heading}\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n` +
    `fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${own}${toAliases(pod)}`
  )
}

/** With the host's network the host's own file is shown, and the aliases. */
export const toHostNetworkHostsFile = (pod: Pod, hostFile: string): string => `${headingHost}\n${hostFile}${toAliases(pod)}`
