// status of a Pod: what a status update may not do.
import { duplicate, forbiddenField, invalidValue, required } from '../../field-error.ts'
import type { Container, ContainerStatus, Pod, PodExtendedResourceClaimStatus, PodSpec, ResourceStatus } from '../../types/core-v1.ts'
import { addInvalid, addNonNegative, addSupported, type Errors } from '../collect.ts'
import { addImmutable } from '../equality.ts'
import { addIp, isDualStack } from '../ip.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName, isUserId } from '../names.ts'

type Statuses = readonly Loose<ContainerStatus>[] | undefined

/** Whether a container starts again that has ended so: its own rules come first, then its own policy, then the pod's. */
const startsAgain = ({ restartPolicy, restartPolicyRules }: Loose<Container>, ofPod: string | undefined, exitCode: number): boolean => {
  const matching = restartPolicyRules?.find(({ exitCodes }) => (exitCodes?.values ?? []).includes(exitCode) === (exitCodes?.operator === 'In'))
  if (restartPolicy !== undefined && matching) return true
  const policy = restartPolicy ?? ofPod ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** A rule that starts all containers again may reach any of them. */
const restartsAll = (spec: Loose<PodSpec>): boolean =>
  [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(c => c.restartPolicyRules?.some(rule => rule.action === 'RestartAllContainers'))

/** What has ended and may not restart stays ended. */
const validateTransitions = (
  errors: Errors,
  path: string,
  statuses: Statuses,
  old: Statuses,
  mayStart: (name: string | undefined, exitCode: number) => boolean,
): void => {
  old?.forEach(({ name, state }, i) => {
    if (!state?.terminated || mayStart(name, state.terminated.exitCode ?? 0)) return
    for (const now of statuses ?? []) {
      if (now.name === name && !now.state?.terminated) errors.push(forbiddenField(`${path}[${i}].state`, 'may not leave the terminated state'))
    }
  })
}

type Addresses = readonly { ip?: string | undefined }[] | undefined

/** Wrong ones that were stored may stay. */
const validateAddresses = (errors: Errors, path: string, addresses: NonNullable<Addresses>, old: Addresses): void => {
  const ips = addresses.map(a => a.ip ?? '')
  ips.forEach((ip, i) => {
    if (!old?.some(was => was.ip === ip)) addIp(errors, `${path}[${i}]`, ip)
  })
  if (ips.length > 1 && (!isDualStack(ips) || ips.length > 2)) errors.push(invalidValue(path, addresses, 'may have no more than one address of each family'))
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

/** The claim that the scheduler made for resources which containers request by name. */
const validateExtended = (errors: Errors, claim: Loose<PodExtendedResourceClaimStatus>, spec: Loose<PodSpec>): void => {
  const at = 'status.extendedResourceClaimStatus'
  const mappings = claim.requestMappings ?? []
  if (mappings.length === 0) errors.push(required(`${at}.requestMappings`, 'at least one is needed'))
  const seen = new Set<string>()
  mappings.forEach(({ containerName = '', resourceName = '', requestName = '' }, i) => {
    const path = `${at}.requestMappings[${i}]`
    const container = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].find(c => c.name === containerName)
    if (!container) errors.push(invalidValue(`${path}.containerName`, containerName, 'must be the name of a container'))
    else if (!(resourceName in ((container.resources?.requests ?? {}) as Record<string, string>)))
      errors.push(invalidValue(`${path}.resourceName`, resourceName, 'must be requested by the container'))
    // Upstream reports it beside the list.
    addInvalid(errors, `${at}.requestName`, requestName, isDns1123Label(requestName))
    const key = JSON.stringify([containerName, resourceName, requestName])
    if (seen.has(key))
      errors.push(
        duplicate(`${path}.containerName`, containerName),
        duplicate(`${path}.resourceName`, resourceName),
        duplicate(`${path}.requestName`, requestName),
      )
    seen.add(key)
  })
  const name = claim.resourceClaimName
  if (name) addInvalid(errors, `${at}.resourceClaimName`, name, isDns1123Subdomain(name))
  else errors.push(required(`${at}.resourceClaimName`))
}

const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized'])

export const validatePodStatus = (errors: Errors, pod: Loose<Pod>, old: Loose<Pod>): void => {
  const status = pod.status ?? {}
  const before = old.status ?? {}
  const spec: Loose<PodSpec> = old.spec ?? {}
  status.conditions?.forEach((c, i) => {
    addNonNegative(errors, `metadata.conditions[${i}].observedGeneration`, c.observedGeneration)
    if (!systemConditions.has(c.type ?? '')) addInvalid(errors, `metadata.conditions[${i}].Type`, c.type, isQualifiedName(c.type ?? ''))
  })
  if ((pod.spec?.nodeName ?? '') !== (spec.nodeName ?? '')) errors.push(forbiddenField('status.nodeName', 'may not be changed directly'))
  addImmutable(errors, 'status.qosClass', status.qosClass, before.qosClass)
  addNonNegative(errors, 'status.observedGeneration', status.observedGeneration)
  const nominated = status.nominatedNodeName
  if (nominated && nominated !== before.nominatedNodeName) {
    addInvalid(errors, 'status.nominatedNodeName', nominated, isDns1123Subdomain(nominated))
    if (spec.nodeName) errors.push(forbiddenField('status.nominatedNodeName', 'a pod that has its node is nominated for none'))
  }
  for (const [key, containers] of [
    ['containerStatuses', spec.containers],
    ['initContainerStatuses', spec.initContainers],
  ] as const)
    validateTransitions(errors, `status.${key}`, status[key], before[key], (name, exitCode) => {
      const container = containers?.find(c => c.name === name)
      return container !== undefined && (restartsAll(spec) || startsAgain(container, spec.restartPolicy, exitCode))
    })
  validateTransitions(errors, 'status.ephemeralContainerStatuses', status.ephemeralContainerStatuses, before.ephemeralContainerStatuses, () => false)
  if (status.podIPs) validateAddresses(errors, 'status.podIPs', status.podIPs, before.podIPs)
  if (status.hostIPs?.length) {
    const first = status.hostIPs[0]?.ip
    if ((status.hostIP ?? '') !== (first ?? '')) errors.push(invalidValue('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'))
    validateAddresses(errors, 'status.hostIPs', status.hostIPs, before.hostIPs)
  }
  const os = pod.spec?.os?.name ?? 'linux'
  for (const key of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const)
    validateUsers(errors, `status.${key}`, status[key], os)
  validateHealth(errors, 'status.containerStatuses', status.containerStatuses, pod.spec?.containers ?? [])
  validateHealth(errors, 'status.initContainerStatuses', status.initContainerStatuses, pod.spec?.initContainers ?? [])
  validateHealth(errors, 'status.ephemeralContainerStatuses', status.ephemeralContainerStatuses, undefined)
  if (status.extendedResourceClaimStatus) validateExtended(errors, status.extendedResourceClaimStatus, pod.spec ?? {})
  const claims = new Set((pod.spec?.resourceClaims ?? []).map(c => c.name))
  status.resourceClaimStatuses?.forEach((claim, i) => {
    const path = `status.resourceClaimStatuses[${i}].name`
    if (!claims.has(claim.name)) errors.push(invalidValue(path, claim.name, 'must be the name of an entry in spec.resourceClaims'))
    if (status.resourceClaimStatuses?.some((other, j) => j < i && other.name === claim.name)) errors.push(duplicate(path, claim.name))
    // Upstream reports the claim's name at the entry's.
    if (claim.resourceClaimName !== undefined) addInvalid(errors, path, claim.resourceClaimName, isDns1123Subdomain(claim.resourceClaimName))
  })
}
