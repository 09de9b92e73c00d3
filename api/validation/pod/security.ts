// Security contexts of pods and containers.
import { duplicate, forbiddenField, invalidValue, notSupported, required, tooLong } from '../../field-error.ts'
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext, WindowsSecurityContextOptions } from '../../types/core-v1.ts'
import { addInvalid, addSupported, type Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { byteLength, isDns1123Subdomain, isUserId } from '../names.ts'
import type { PodRules } from './options.ts'
import { validateDescendingPath } from './paths.ts'

const profileTypes: readonly string[] = ['Localhost', 'RuntimeDefault', 'Unconfined']

const validateSeccompProfile = (errors: Errors, path: string, profile: Loose<SeccompProfile> | undefined): void => {
  if (!profile) return
  if (!profile.type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!profileTypes.includes(profile.type)) errors.push(notSupported(`${path}.type`, profile.type, profileTypes))
  const { localhostProfile } = profile
  if (profile.type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    else validateDescendingPath(errors, `${path}.localhostProfile`, localhostProfile)
  } else if (localhostProfile !== undefined) errors.push(invalidValue(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost'))
}

const validateAppArmorProfile = (errors: Errors, path: string, profile: Loose<AppArmorProfile> | undefined): void => {
  if (!profile) return
  const { localhostProfile, type } = profile
  const at = `${path}.localhostProfile`
  if (type === 'Localhost') {
    if (localhostProfile === undefined) {
      errors.push(required(at, 'must be set when AppArmor type is Localhost'))
      return
    }
    const trimmed = localhostProfile.trim()
    if (trimmed !== localhostProfile) errors.push(invalidValue(at, localhostProfile, 'must not be padded with white space'))
    else if (trimmed === '') errors.push(required(at, 'must be set when AppArmor type is Localhost'))
    if (byteLength(localhostProfile) > 4095) errors.push(tooLong(at, 4095))
  } else if (type === 'RuntimeDefault' || type === 'Unconfined') {
    if (localhostProfile !== undefined) errors.push(invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost'))
  } else if (!type) errors.push(required(`${path}.type`, 'type is required when appArmorProfile is set'))
  else errors.push(notSupported(`${path}.type`, type, profileTypes))
}

const controls = /[\u0000-\u001f\u007f]/
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const windowsDomain = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

const validateRunAsUserName = (errors: Errors, path: string, name: string): void => {
  const fault = (detail: string): void => {
    errors.push(invalidValue(path, name, detail))
  }
  if (name === '') {
    fault('must not be empty')
    return
  }
  if (controls.test(name)) {
    fault('must not contain control characters')
    return
  }
  const parts = name.split('\\')
  if (parts.length > 2) {
    fault('must not contain more than one backslash')
    return
  }
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined
  const user = parts[parts.length - 1] ?? ''
  if (domain !== undefined && domain.length >= 256) fault('the domain must be under 256 characters')
  if (domain !== undefined && !netBiosName.test(domain) && !windowsDomain.test(domain)) fault('the domain is neither a NetBIOS nor a DNS name')
  if (user === '') fault('the user must not be empty')
  else if (user.length > 104) fault('the user must not be longer than 104 characters')
  if (/^[. ]+$/.test(user)) fault('the user must not be only periods or spaces')
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) fault('the user must not contain any of "/\\:;|=,+*?<>@[]')
}

const validateWindowsOptions = (errors: Errors, path: string, options: Loose<WindowsSecurityContextOptions> | undefined): void => {
  if (!options) return
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec } = options
  if (name !== undefined) addInvalid(errors, `${path}.gmsaCredentialSpecName`, name, isDns1123Subdomain(name))
  if (spec !== undefined && (spec === '' || byteLength(spec) > 65536))
    errors.push(invalidValue(`${path}.gmsaCredentialSpec`, spec, 'must not be empty or larger than 64 KiB'))
  if (options.runAsUserName !== undefined) validateRunAsUserName(errors, `${path}.runAsUserName`, options.runAsUserName)
}

const validateIds = (
  errors: Errors,
  path: string,
  context: { runAsUser?: number | undefined; runAsGroup?: number | undefined; fsGroup?: number | undefined },
): void => {
  for (const key of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    const id = context[key]
    if (id !== undefined) addInvalid(errors, `${path}.${key}`, id, isUserId(id))
  }
}

export const validateSecurityContext = (errors: Errors, path: string, context: Loose<SecurityContext> | undefined, hostUsers: boolean): void => {
  if (!context) return
  validateIds(errors, path, context)
  if (context.procMount !== undefined) {
    addSupported(errors, `${path}.procMount`, context.procMount, ['Default', 'Unmasked'])
    if (hostUsers && context.procMount === 'Unmasked')
      errors.push(invalidValue(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use Unmasked'))
  }
  validateSeccompProfile(errors, `${path}.seccompProfile`, context.seccompProfile)
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) errors.push(invalidValue(path, context, 'cannot forbid privilege escalation to a privileged container'))
    for (const capability of context.capabilities?.add ?? []) {
      if (capability === 'CAP_SYS_ADMIN') errors.push(invalidValue(path, context, 'cannot forbid privilege escalation to a container with CAP_SYS_ADMIN'))
    }
  }
  validateWindowsOptions(errors, `${path}.windowsOptions`, context.windowsOptions)
  validateAppArmorProfile(errors, `${path}.appArmorProfile`, context.appArmorProfile)
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const ipcSysctls: ReadonlySet<string> = new Set(['kernel.sem'])
const sysctlNamespace = (name: string): 'net' | 'ipc' | undefined => {
  // The first separator decides which of "." and "/" separates.
  const dotted = name.search(/[./]/) >= 0 && name.charAt(name.search(/[./]/)) === '/' ? name.replace(/[./]/g, c => (c === '/' ? '.' : '/')) : name
  if (dotted.startsWith('net.')) return 'net'
  return ipcSysctls.has(dotted) || dotted.startsWith('kernel.shm') || dotted.startsWith('kernel.msg') || dotted.startsWith('fs.mqueue.') ? 'ipc' : undefined
}

const validateSysctls = (errors: Errors, path: string, context: Loose<PodSecurityContext>, spec: Loose<PodSpec>, rules: PodRules): void => {
  const names = new Set<string>()
  context.sysctls?.forEach((sysctl, i) => {
    const at = `${path}[${i}].name`
    const name = sysctl.name ?? ''
    if (!name) errors.push(required(at))
    else if (name.length > 253 || !sysctlName.test(name)) errors.push(invalidValue(at, name, 'must be a sysctl name of at most 253 characters'))
    else if (names.has(name)) errors.push(duplicate(at, name))
    names.add(name)
    if (rules.allowHostSysctls) return
    const namespace = sysctlNamespace(name)
    if (spec.hostNetwork && namespace === 'net') errors.push(invalidValue(at, name, 'may not be specified when hostNetwork is true'))
    else if (spec.hostIPC && namespace === 'ipc') errors.push(invalidValue(at, name, 'may not be specified when hostIPC is true'))
  })
}

export const validatePodSecurityContext = (errors: Errors, path: string, spec: Loose<PodSpec>, rules: PodRules): void => {
  const context = spec.securityContext ?? {}
  validateIds(errors, path, context)
  context.supplementalGroups?.forEach((id, i) => addInvalid(errors, `${path}.supplementalGroups[${i}]`, id, isUserId(id)))
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.push(invalidValue(`${path}.shareProcessNamespace`, true, 'shareProcessNamespace and hostPID cannot both be enabled'))
  if (context.sysctls) validateSysctls(errors, `${path}.sysctls`, context, spec, rules)
  if (context.fsGroupChangePolicy !== undefined) addSupported(errors, `${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'])
  validateSeccompProfile(errors, `${path}.seccompProfile`, context.seccompProfile)
  validateWindowsOptions(errors, `${path}.windowsOptions`, context.windowsOptions)
  validateAppArmorProfile(errors, `${path}.appArmorProfile`, context.appArmorProfile)
  if (context.supplementalGroupsPolicy !== undefined)
    addSupported(errors, `${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict'])
  if (context.seLinuxChangePolicy !== undefined) addSupported(errors, `${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive'])
}

/** Without a user namespace of its own a pod may share the host's namespaces; with one it may not. */
export const validateHostUsers = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  if (spec.hostUsers !== false) return
  if (spec.hostNetwork) errors.push(forbiddenField(`${path}.hostNetwork`, 'when `hostUsers` is false'))
  if (spec.hostPID) errors.push(forbiddenField(`${path}.HostPID`, 'when `hostUsers` is false'))
  if (spec.hostIPC) errors.push(forbiddenField(`${path}.HostIPC`, 'when `hostUsers` is false'))
}
