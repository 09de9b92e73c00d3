// The sandbox of a pod as CRI takes it: pure. The same config goes along with every container of it.
import type { Pod } from '../../api/types/core-v1.ts'
import type { PodSandboxConfig } from '../cri/messages.ts'
import { toCgroupParent, type CgroupLayout } from './cgroup-parent.ts'
import { toDnsConfig, type DnsFacts } from './dns.ts'
import { toKernelHostname } from './hosts-file.ts'
import { configSource, podNamespaceOf, podNameOf, podUidOf, toLogFolder, toSandboxLabels } from './names.ts'
import { toSandboxSecurity } from './security.ts'

export interface SandboxFacts {
  readonly dns: DnsFacts
  readonly cgroup: CgroupLayout
  readonly podLogs: string
}

export const toSandboxConfig = (pod: Pod, attempt: number, facts: SandboxFacts): PodSandboxConfig => ({
  metadata: { name: podNameOf(pod), namespace: podNamespaceOf(pod), uid: podUidOf(pod), attempt },
  ...(!pod.spec.hostNetwork && { hostname: toKernelHostname(pod, facts.dns.clusterDomain) }),
  logDirectory: `${facts.podLogs}/${toLogFolder(pod)}`,
  dnsConfig: toDnsConfig(pod, facts.dns),
  portMappings: pod.spec.hostNetwork
    ? []
    : [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap(c =>
        (c.ports ?? []).map(p => ({
          protocol: (p.protocol ?? 'TCP') as 'TCP',
          containerPort: p.containerPort,
          ...(p.hostPort && { hostPort: p.hostPort }),
          ...(p.hostIP && { hostIp: p.hostIP }),
        })),
      ),
  labels: toSandboxLabels(pod),
  annotations: { [configSource]: 'api', ...pod.metadata.annotations },
  linux: {
    cgroupParent: toCgroupParent(pod, facts.cgroup),
    securityContext: toSandboxSecurity(pod),
    sysctls: Object.fromEntries((pod.spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
  },
})
