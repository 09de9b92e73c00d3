// What spec.os forbids, and Windows host processes.
import { forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import type { PodSpec, SecurityContext } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'

/** Every container with its path, init containers first, as upstream visits them. */
export const eachContainer = (
  spec: Loose<PodSpec>,
  path: string,
  visit: (path: string, name: string, context: Loose<SecurityContext> | undefined) => void,
): void => {
  for (const key of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    spec[key]?.forEach((container, i) => visit(`${path}.${key}[${i}]`, container.name ?? '', container.securityContext))
  }
}

const validateLinux = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  if (spec.securityContext?.windowsOptions) errors.push(forbiddenField(`${path}.securityContext.windowsOptions`, 'cannot be set for a linux pod'))
  eachContainer(spec, path, (at, _name, context) => {
    if (context?.windowsOptions) errors.push(forbiddenField(`${at}.securityContext.windowsOptions`, 'cannot be set for a linux pod'))
  })
}

const podFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const
const containerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

const validateWindows = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  const forbid = (field: string): void => {
    errors.push(forbiddenField(field, 'cannot be set for a windows pod'))
  }
  for (const key of podFields) {
    const value = spec.securityContext?.[key]
    if (value !== undefined && !(key === 'sysctls' && (value as unknown[]).length === 0)) forbid(`${path}.securityContext.${key}`)
  }
  if (spec.hostUsers !== undefined) forbid(`${path}.hostUsers`)
  if (spec.hostPID) forbid(`${path}.hostPID`)
  if (spec.hostIPC) forbid(`${path}.hostIPC`)
  if (spec.shareProcessNamespace !== undefined) forbid(`${path}.shareProcessNamespace`)
  eachContainer(spec, path, (at, _name, context) => {
    for (const key of containerFields) if (context?.[key] !== undefined) forbid(`${at}.securityContext.${key}`)
  })
}

export const validateOs = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  if (!spec.os) return
  const name = spec.os.name ?? ''
  if (!name) errors.push(required(`${path}.os.name`, 'cannot be empty'))
  else if (name === 'linux') validateLinux(errors, path, spec)
  else if (name === 'windows') validateWindows(errors, path, spec)
  else errors.push(notSupported(`${path}.os`, name, ['linux', 'windows']))
}

export const validateWindowsHostProcess = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess
  let count = 0
  let hostProcesses = 0
  eachContainer(spec, path, (at, _name, context) => {
    count++
    const own = context?.windowsOptions?.hostProcess
    if (pod !== undefined && own !== undefined && pod !== own)
      errors.push(invalidValue(`${at}.securityContext.windowsOptions.hostProcess`, own, `must be ${pod} as for the pod`))
    if (own ?? pod) hostProcesses++
  })
  if (hostProcesses === 0) return
  if (hostProcesses !== count) errors.push(invalidValue(path, '', 'either all containers are host processes or none'))
  if (!spec.hostNetwork) errors.push(invalidValue(`${path}.hostNetwork`, false, 'must be true if the pod has host process containers'))
}
