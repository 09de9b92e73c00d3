// Security contexts as CRI takes them: pure. What a container does not say, its pod says.
import type { Container, Pod, PodSecurityContext, SecurityContext } from '../../api/types/core-v1.ts'
import type { ContainerConfig, NamespaceOption, PodSandboxConfig, SecurityProfile } from '../cri/messages.ts'
import { ContainerConfigError } from './env.ts'
import { formatPod } from './names.ts'

/** Who the image says its process is. */
export interface ImageUser {
  readonly uid?: number
  readonly username?: string
}

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

export const toNamespaces = ({ spec }: Pod): NamespaceOption => ({
  network: spec.hostNetwork ? 'NODE' : 'POD',
  ipc: spec.hostIPC ? 'NODE' : 'POD',
  pid: spec.hostPID ? 'NODE' : spec.shareProcessNamespace ? 'POD' : 'CONTAINER',
})

const toSeccomp = (profile: SecurityContext['seccompProfile'], profileRoot: string): SecurityProfile => {
  if (profile?.type === 'RuntimeDefault') return { profileType: 'RuntimeDefault' }
  if (profile?.type === 'Localhost') return { profileType: 'Localhost', localhostRef: `${profileRoot}/${profile.localhostProfile ?? ''}` }
  return { profileType: 'Unconfined' }
}

const toGroups = (context: PodSecurityContext | undefined): number[] => [
  ...(context?.supplementalGroups ?? []),
  ...(context?.fsGroup !== undefined ? [context.fsGroup] : []),
]

export const toSandboxSecurity = (pod: Pod): PodSandboxConfig['linux']['securityContext'] => {
  const context = pod.spec.securityContext
  return {
    namespaceOptions: toNamespaces(pod),
    privileged: [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some(c => c.securityContext?.privileged === true),
    // The pause process needs nothing beyond the default profile.
    seccomp: { profileType: 'RuntimeDefault' },
    ...(context?.runAsUser !== undefined && { runAsUser: { value: context.runAsUser } }),
    ...(context?.runAsUser !== undefined && context.runAsGroup !== undefined && { runAsGroup: { value: context.runAsGroup } }),
    supplementalGroups: toGroups(context),
    ...(context?.supplementalGroupsPolicy && { supplementalGroupsPolicy: context.supplementalGroupsPolicy as 'Merge' | 'Strict' }),
    ...(context?.seLinuxOptions && { selinuxOptions: context.seLinuxOptions }),
  }
}

/** `pidTarget`: the container whose processes this one (of kubectl debug) is to see. */
export const toContainerSecurity = (
  pod: Pod,
  container: Container,
  image: ImageUser,
  profileRoot: string,
  pidTarget?: string,
): ContainerConfig['linux']['securityContext'] => {
  const own = container.securityContext ?? {}
  const shared = pod.spec.securityContext ?? {}
  const user = own.runAsUser ?? shared.runAsUser
  const group = own.runAsGroup ?? shared.runAsGroup
  if (own.runAsNonRoot ?? shared.runAsNonRoot) checkNonRoot(pod, container, user, image)
  const apparmor = own.appArmorProfile ?? shared.appArmorProfile
  const selinux = own.seLinuxOptions ?? shared.seLinuxOptions
  // CRI refuses a group without a user: then the image's user has to be named.
  const shownUser = user ?? (group !== undefined ? (image.uid ?? 0) : undefined)
  return {
    ...(own.capabilities && { capabilities: { addCapabilities: own.capabilities.add ?? [], dropCapabilities: own.capabilities.drop ?? [] } }),
    privileged: own.privileged === true,
    namespaceOptions: { ...toNamespaces(pod), ...(pidTarget && { pid: 'TARGET' as const, targetId: pidTarget }) },
    ...(shownUser !== undefined && { runAsUser: { value: shownUser } }),
    ...(group !== undefined && { runAsGroup: { value: group } }),
    readonlyRootfs: own.readOnlyRootFilesystem === true,
    supplementalGroups: toGroups(shared),
    ...(shared.supplementalGroupsPolicy && { supplementalGroupsPolicy: shared.supplementalGroupsPolicy as 'Merge' | 'Strict' }),
    noNewPrivs: own.allowPrivilegeEscalation === false,
    // Empty lists mask nothing.
    maskedPaths: own.procMount === 'Unmasked' ? [] : maskedPaths,
    readonlyPaths: own.procMount === 'Unmasked' ? [] : readonlyPaths,
    seccomp: own.privileged ? { profileType: 'Unconfined' } : toSeccomp(own.seccompProfile ?? shared.seccompProfile, profileRoot),
    ...(apparmor && {
      apparmor: { profileType: apparmor.type as 'RuntimeDefault', ...(apparmor.localhostProfile && { localhostRef: apparmor.localhostProfile }) },
    }),
    ...(selinux && { selinuxOptions: selinux }),
  }
}

const checkNonRoot = (pod: Pod, container: Container, user: number | undefined, image: ImageUser): void => {
  const about = `(pod: "${formatPod(pod)}", container: ${container.name})`
  if (user !== undefined) {
    if (user === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${about}`)
    return
  }
  if (image.uid !== undefined) {
    if (image.uid === 0) throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${about}`)
    return
  }
  if (image.username)
    throw new ContainerConfigError(`container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${about}`)
  throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${about}`)
}
