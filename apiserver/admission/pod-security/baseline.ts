// The checks of level baseline: nothing that is known to lead out of a container. In the order in which violations are told.
import type { LifecycleHandler, Probe, SELinuxOptions } from '../../../api/types/core-v1.ts'
import {
  type Check,
  containersOf,
  hasUserNamespace,
  nameContainers,
  namesOf,
  plural,
  type PodLike,
  quote,
  setters,
  sorted,
  type Violation,
} from './violation.ts'

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'
const profileTypes: readonly string[] = ['RuntimeDefault', 'Localhost']

const findAppArmor = (pod: PodLike): Violation | undefined => {
  const isBad = (type: string | undefined): boolean => type !== undefined && !profileTypes.includes(type)
  const podType = pod.spec.securityContext?.appArmorProfile?.type
  const bad = containersOf(pod).filter(c => isBad(c.securityContext?.appArmorProfile?.type))
  const annotations = Object.entries(pod.metadata.annotations ?? {}).filter(
    ([key, value]) => key.startsWith(appArmorAnnotation) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'),
  )
  const types = sorted([...(isBad(podType) ? [podType ?? ''] : []), ...bad.map(c => c.securityContext?.appArmorProfile?.type ?? '')])
  const details = [
    ...(types.length
      ? [
          `${setters(
            isBad(podType),
            bad.map(c => c.name),
          )} must not set AppArmor profile type to ${quote(types)}`,
        ]
      : []),
    ...(annotations.length
      ? [
          `${plural('annotation', annotations.length)} ${annotations
            .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
            .sort()
            .join(', ')}`,
        ]
      : []),
  ]
  return details.length ? { reason: plural('forbidden AppArmor profile', types.length + annotations.length), detail: details.join(' and ') } : undefined
}

const defaultCapabilities: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const findCapabilities = (pod: PodLike): Violation | undefined => {
  const badOf = (added: readonly string[] | undefined): readonly string[] => (added ?? []).filter(name => !defaultCapabilities.has(name))
  const bad = containersOf(pod).filter(c => badOf(c.securityContext?.capabilities?.add).length)
  if (!bad.length) return undefined
  const names = sorted(bad.flatMap(c => badOf(c.securityContext?.capabilities?.add)))
  return {
    reason: 'non-default capabilities',
    detail: `${nameContainers(bad.map(c => c.name))} must not include ${quote(names)} in securityContext.capabilities.add`,
  }
}

const findHostNamespaces = ({ spec }: PodLike): Violation | undefined => {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(name => spec[name])
  return used.length ? { reason: 'host namespaces', detail: used.map(name => `${name}=true`).join(', ') } : undefined
}

const findHostPaths = ({ spec }: PodLike): Violation | undefined => {
  const volumes = (spec.volumes ?? []).filter(v => v.hostPath).map(v => v.name)
  return volumes.length ? { reason: 'hostPath volumes', detail: `${plural('volume', volumes.length)} ${quote(volumes)}` } : undefined
}

const findHostPorts = (pod: PodLike): Violation | undefined => {
  const bad = containersOf(pod).filter(c => c.ports?.some(p => p.hostPort))
  if (!bad.length) return undefined
  const ports = sorted(bad.flatMap(c => (c.ports ?? []).flatMap(p => (p.hostPort ? [String(p.hostPort)] : []))))
  return {
    reason: 'hostPort',
    detail: `${nameContainers(bad.map(c => c.name))} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
  }
}

const hostsOf = (handler: Probe | LifecycleHandler | undefined): readonly string[] =>
  [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host): host is string => Boolean(host))

const findHandlerHosts = (pod: PodLike): Violation | undefined => {
  const found = containersOf(pod)
    .map(c => ({
      name: c.name,
      hosts: [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop].flatMap(hostsOf),
    }))
    .filter(c => c.hosts.length)
  if (!found.length) return undefined
  const hosts = sorted(found.flatMap(c => c.hosts))
  return {
    reason: 'probe or lifecycle host',
    detail: `${nameContainers(sorted(found.map(c => c.name)))} ${found.length === 1 ? 'uses' : 'use'} ${plural('probe or lifecycle host', hosts.length)} ${quote(hosts)}`,
  }
}

const findPrivileged = (pod: PodLike): Violation | undefined => {
  const bad = namesOf(pod, c => c.securityContext?.privileged === true)
  return bad.length ? { reason: 'privileged', detail: `${nameContainers(bad)} must not set securityContext.privileged=true` } : undefined
}

export const findProcMount = (pod: PodLike): Violation | undefined => {
  const bad = containersOf(pod).filter(c => c.securityContext?.procMount !== undefined && c.securityContext.procMount !== 'Default')
  if (!bad.length) return undefined
  const types = sorted(bad.map(c => c.securityContext?.procMount ?? ''))
  return { reason: 'procMount', detail: `${nameContainers(bad.map(c => c.name))} must not set securityContext.procMount to ${quote(types)}` }
}

const createSeLinux =
  (types: readonly string[]) =>
  (pod: PodLike): Violation | undefined => {
    const isBad = (o: SELinuxOptions | undefined): boolean => o !== undefined && (!types.includes(o.type ?? '') || Boolean(o.user) || Boolean(o.role))
    const podOptions = pod.spec.securityContext?.seLinuxOptions
    const bad = containersOf(pod).filter(c => isBad(c.securityContext?.seLinuxOptions))
    const options = [...(isBad(podOptions) ? [podOptions] : []), ...bad.map(c => c.securityContext?.seLinuxOptions)]
    if (!options.length) return undefined
    const badTypes = sorted(options.map(o => o?.type ?? '').filter(type => !types.includes(type)))
    const data = [
      ...(badTypes.length ? [`${plural('type', badTypes.length)} ${quote(badTypes)}`] : []),
      ...(options.some(o => o?.user) ? ['user may not be set'] : []),
      ...(options.some(o => o?.role) ? ['role may not be set'] : []),
    ]
    return {
      reason: 'seLinuxOptions',
      detail: `${setters(
        isBad(podOptions),
        bad.map(c => c.name),
      )} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    }
  }

const seccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/'

const findSeccompAnnotations = (pod: PodLike): Violation | undefined => {
  const bad = [seccompAnnotation, ...containersOf(pod).map(c => seccompContainerAnnotation + c.name)].filter(key => {
    const value = pod.metadata.annotations?.[key]
    return value !== undefined && value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/')
  })
  if (!bad.length) return undefined
  const texts = sorted(bad.map(key => `${key}=${JSON.stringify(pod.metadata.annotations?.[key])}`))
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', texts.length)} ${texts.join(', ')}` }
}

/** Profiles that are set, and are none of the two that confine. */
export const findBadSeccomp = (pod: PodLike): Violation | undefined => {
  const isBad = (type: string | undefined): boolean => type !== undefined && !profileTypes.includes(type)
  const podType = pod.spec.securityContext?.seccompProfile?.type
  const bad = containersOf(pod).filter(c => isBad(c.securityContext?.seccompProfile?.type))
  if (!bad.length && !isBad(podType)) return undefined
  const types = sorted([...(isBad(podType) ? [podType ?? ''] : []), ...bad.map(c => c.securityContext?.seccompProfile?.type ?? '')])
  return {
    reason: 'seccompProfile',
    detail: `${setters(
      isBad(podType),
      bad.map(c => c.name),
    )} must not set securityContext.seccompProfile.type to ${quote(types)}`,
  }
}

const createSysctls =
  (allowed: readonly string[]) =>
  ({ spec }: PodLike): Violation | undefined => {
    const bad = (spec.securityContext?.sysctls ?? []).map(s => s.name).filter(name => !allowed.includes(name))
    return bad.length ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined
  }

const findHostProcess = (pod: PodLike): Violation | undefined => {
  const podIsBad = pod.spec.securityContext?.windowsOptions?.hostProcess === true
  const bad = namesOf(pod, c => c.securityContext?.windowsOptions?.hostProcess === true)
  if (!podIsBad && !bad.length) return undefined
  return { reason: 'hostProcess', detail: `${setters(podIsBad, bad)} must not set securityContext.windowsOptions.hostProcess=true` }
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const sysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const sysctls27 = [...sysctls, 'net.ipv4.ip_local_reserved_ports']
const sysctls29 = [...sysctls27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

const always = (find: Check['versions'][number]['find']): Check['versions'] => [{ since: 0, find }]

export const baselineChecks: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: always(findAppArmor) },
  { id: 'capabilities_baseline', level: 'baseline', versions: always(findCapabilities) },
  { id: 'hostNamespaces', level: 'baseline', versions: always(findHostNamespaces) },
  { id: 'hostPathVolumes', level: 'baseline', versions: always(findHostPaths) },
  { id: 'hostPorts', level: 'baseline', versions: always(findHostPorts) },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [{ since: 34, find: findHandlerHosts }] },
  { id: 'privileged', level: 'baseline', versions: always(findPrivileged) },
  {
    id: 'procMount_baseline',
    level: 'baseline',
    versions: [
      { since: 0, find: findProcMount },
      { since: 35, find: pod => (hasUserNamespace(pod) ? undefined : findProcMount(pod)) },
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      { since: 0, find: createSeLinux(seLinuxTypes) },
      { since: 31, find: createSeLinux([...seLinuxTypes, 'container_engine_t']) },
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      { since: 0, find: findSeccompAnnotations },
      { since: 19, find: findBadSeccomp },
    ],
  },
  {
    id: 'sysctls',
    level: 'baseline',
    versions: [
      { since: 0, find: createSysctls(sysctls) },
      { since: 27, find: createSysctls(sysctls27) },
      { since: 29, find: createSysctls(sysctls29) },
      { since: 32, find: createSysctls(sysctls32) },
    ],
  },
  { id: 'windowsHostProcess', level: 'baseline', versions: always(findHostProcess) },
]
