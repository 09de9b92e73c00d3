// status of a Pod: what a status update may not do.
import { duplicate, forbiddenField, invalidValue } from '../../field-error.ts'
import type { Container, ContainerStatus, Pod, PodSpec, ResourceStatus } from '../../types/core-v1.ts'
import { addInvalid, addNonNegative, addSupported, type Errors } from '../collect.ts'
import { addImmutable } from '../equality.ts'
import { addIp, isDualStack } from '../ip.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Subdomain, isQualifiedName, isUserId } from '../names.ts'

type Statuses = readonly Loose<ContainerStatus>[] | undefined

/** What has ended and may not restart stays ended. */
const validateTransitions = (
  errors: Errors,
  path: string,
  statuses: Statuses,
  old: Statuses,
  restartPolicy: string | undefined,
  exempt: (name: string | undefined) => boolean,
): void => {
  if (restartPolicy === 'Always') return
  old?.forEach((before, i) => {
    const ended = before.state?.terminated
    if (!ended || (ended.exitCode !== 0 && restartPolicy === 'OnFailure') || exempt(before.name)) return
    for (const now of statuses ?? []) {
      if (now.name === before.name && !now.state?.terminated) errors.push(forbiddenField(`${path}[${i}].state`, 'may not leave the terminated state'))
    }
  })
}

const validateAddresses = (errors: Errors, path: string, addresses: readonly { ip?: string | undefined }[]): void => {
  const ips = addresses.map(a => a.ip ?? '')
  ips.forEach((ip, i) => addIp(errors, `${path}[${i}]`, ip))
  if (ips.length < 2) return
  if (!isDualStack(ips) || ips.length > 2) errors.push(invalidValue(path, addresses, 'may have no more than one address of each family'))
  ips.forEach((ip, i) => {
    if (ips.indexOf(ip) < i) errors.push(duplicate(`${path}[${i}]`, ip))
  })
}

/** Whom a container runs as: numbers of Linux, which a Windows pod does not have. */
const validateUsers = (errors: Errors, path: string, statuses: Statuses, os: string): void => {
  statuses?.forEach(({ user }, i) => {
    const at = `${path}[${i}].linux`
    if (!user?.linux) return
    if (os === 'windows') errors.push(forbiddenField(at, 'cannot be set for a windows pod'))
    if (os !== 'linux') return
    for (const key of ['uid', 'gid'] as const) addInvalid(errors, `${at}.${key}`, user.linux[key] ?? 0, isUserId(user.linux[key] ?? 0))
    user.linux.supplementalGroups?.forEach((id, j) => addInvalid(errors, `${at}.supplementalGroups[${j}]`, id, isUserId(id)))
  })
}

const isAskedFor = (name: string, { resources }: Loose<Container>): boolean =>
  name.startsWith('claim:')
    ? (resources?.claims ?? []).some(claim => `claim:${claim.name ?? ''}${claim.request ? `/${claim.request}` : ''}` === name)
    : name in ((resources?.requests ?? {}) as Record<string, string>)

const validateAllocated = (errors: Errors, path: string, allocated: Loose<ResourceStatus>, container: Loose<Container> | undefined): void => {
  const name = allocated.name ?? ''
  if (container && !isAskedFor(name, container)) errors.push(invalidValue(`${path}.name`, name, 'must be one of the resources or claims of the container'))
  const seen = new Set<string>()
  allocated.resources?.forEach(({ health, resourceID = '' }, i) => {
    addSupported(errors, `${path}.resources[${i}].health`, health, ['Healthy', 'Unhealthy', 'Unknown'])
    if (seen.has(resourceID)) errors.push(duplicate(`${path}.resources[${i}].resourceID`, resourceID))
    seen.add(resourceID)
  })
}

/** The health of what containers were given; ephemeral ones are given nothing. */
const validateHealth = (errors: Errors, path: string, statuses: Statuses, containers: readonly Loose<Container>[] | undefined): void => {
  statuses?.forEach(({ name, allocatedResourcesStatus: list = [] }, i) => {
    const at = `${path}[${i}].allocatedResourcesStatus`
    if (!containers) {
      if (list.length) errors.push(forbiddenField(at, 'must not be specified in container status'))
      return
    }
    const container = containers.find(c => c.name === name)
    list.forEach((allocated, j) => validateAllocated(errors, `${at}[${j}]`, allocated, container))
  })
}

const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized'])

export const validatePodStatus = (errors: Errors, pod: Loose<Pod>, old: Loose<Pod>): void => {
  const status = pod.status ?? {}
  const before = old.status ?? {}
  const spec: Loose<PodSpec> = old.spec ?? {}
  status.conditions?.forEach((c, i) => {
    if (!systemConditions.has(c.type ?? '')) addInvalid(errors, `metadata.conditions[${i}].Type`, c.type, isQualifiedName(c.type ?? ''))
  })
  if ((pod.spec?.nodeName ?? '') !== (spec.nodeName ?? '')) errors.push(forbiddenField('status.nodeName', 'may not be changed directly'))
  addImmutable(errors, 'status.qosClass', status.qosClass, before.qosClass)
  addNonNegative(errors, 'status.observedGeneration', status.observedGeneration)
  const sidecar = (name: string | undefined): boolean => (spec.initContainers ?? []).some(c => c.name === name && c.restartPolicy === 'Always')
  const own = (name: string | undefined): boolean =>
    (spec.containers ?? []).some(c => c.name === name && (c.restartPolicy !== undefined || (c.restartPolicyRules ?? []).length > 0))
  validateTransitions(errors, 'status.containerStatuses', status.containerStatuses, before.containerStatuses, spec.restartPolicy, own)
  validateTransitions(errors, 'status.initContainerStatuses', status.initContainerStatuses, before.initContainerStatuses, spec.restartPolicy, sidecar)
  validateTransitions(errors, 'status.ephemeralContainerStatuses', status.ephemeralContainerStatuses, before.ephemeralContainerStatuses, 'Never', () => false)
  if (status.podIPs) validateAddresses(errors, 'status.podIPs', status.podIPs)
  if (status.hostIPs?.length) {
    const first = status.hostIPs[0]?.ip
    if ((status.hostIP ?? '') !== (first ?? '')) errors.push(invalidValue('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'))
    validateAddresses(errors, 'status.hostIPs', status.hostIPs)
  }
  const os = pod.spec?.os?.name ?? 'linux'
  for (const key of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const)
    validateUsers(errors, `status.${key}`, status[key], os)
  validateHealth(errors, 'status.containerStatuses', status.containerStatuses, pod.spec?.containers ?? [])
  validateHealth(errors, 'status.initContainerStatuses', status.initContainerStatuses, pod.spec?.initContainers ?? [])
  validateHealth(errors, 'status.ephemeralContainerStatuses', status.ephemeralContainerStatuses, undefined)
  const claims = new Set((pod.spec?.resourceClaims ?? []).map(c => c.name))
  status.resourceClaimStatuses?.forEach((claim, i) => {
    const path = `status.resourceClaimStatuses[${i}].name`
    if (!claims.has(claim.name)) errors.push(invalidValue(path, claim.name, 'must be the name of an entry in spec.resourceClaims'))
    if (status.resourceClaimStatuses?.some((other, j) => j < i && other.name === claim.name)) errors.push(duplicate(path, claim.name))
    // Upstream reports the claim's name at the entry's.
    if (claim.resourceClaimName !== undefined) addInvalid(errors, path, claim.resourceClaimName, isDns1123Subdomain(claim.resourceClaimName))
  })
}
