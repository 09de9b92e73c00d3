// A pod's spec, in a pod or in a template: upstream's ValidatePodSpec in its order.
import { duplicate, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { compareQuantities } from '../../quantity.ts'
import type { PodDNSConfig, PodResourceClaim, PodSpec } from '../../types/core-v1.ts'
import { addChoice, addInvalid, addRequiredName, type Errors, keyed } from '../collect.ts'
import { isValidIp } from '../ip.ts'
import { validateLabels } from '../labels.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Label, isDns1123Subdomain, isDns1123SubdomainWithUnderscore, isQualifiedName } from '../names.ts'
import { aggregateRequests } from './aggregate.ts'
import { type PodScope, validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts'
import type { PodRules } from './options.ts'
import { validateOs, validateWindowsHostProcess } from './os.ts'
import { type Amounts, validateContainerResources, validatePodLevelResources } from './resources.ts'
import { validateAffinity, validateSchedulingGates, validateTolerations, validateTopologySpread } from './scheduling.ts'
import { validateHostUsers, validatePodSecurityContext } from './security.ts'
import { validateVolumes } from './volumes.ts'

const noClaims: ReadonlySet<string> = new Set()

const validateResourceClaims = (errors: Errors, path: string, claims: readonly Loose<PodResourceClaim>[]): void => {
  const names = new Set<string>()
  claims.forEach((claim, i) => {
    const at = `${path}[${i}]`
    const { resourceClaimName: name, resourceClaimTemplateName: template } = claim
    if (!claim.name) errors.push(required(`${at}.name`))
    else if (names.has(claim.name)) errors.push(duplicate(`${at}.name`, claim.name))
    else {
      addInvalid(errors, `${at}.name`, claim.name, isDns1123Label(claim.name))
      names.add(claim.name)
    }
    if (name !== undefined && template !== undefined)
      errors.push(invalidValue(at, claim, 'at most one of resourceClaimName and resourceClaimTemplateName may be specified'))
    if (name === undefined && template === undefined) errors.push(invalidValue(at, claim, 'must specify resourceClaimName or resourceClaimTemplateName'))
    if (name !== undefined) addInvalid(errors, `${at}.resourceClaimName`, name, isDns1123Subdomain(name))
    if (template !== undefined) addInvalid(errors, `${at}.resourceClaimTemplateName`, template, isDns1123Subdomain(template))
  })
}

const validateDnsConfig = (errors: Errors, path: string, config: Loose<PodDNSConfig> | undefined, policy: string | undefined): void => {
  const nameservers = config?.nameservers ?? []
  if (policy === 'None') {
    if (!config) {
      errors.push(required(path, 'must be given when dnsPolicy is None'))
      return
    }
    if (nameservers.length === 0) {
      errors.push(required(`${path}.nameservers`, 'must have at least one when dnsPolicy is None'))
      return
    }
  }
  if (!config) return
  if (nameservers.length > 3) errors.push(invalidValue(`${path}.nameservers`, nameservers, 'must not have more than 3'))
  nameservers.forEach((server, i) => {
    if (!isValidIp(server)) errors.push(invalidValue(`${path}.nameservers[${i}]`, server, 'must be an IP address'))
  })
  const searches = config.searches ?? []
  if (searches.length > 32) errors.push(invalidValue(`${path}.searches`, searches, 'must not have more than 32'))
  if (searches.join(' ').length > 2048) errors.push(invalidValue(`${path}.searches`, searches, 'must not have more than 2048 characters together'))
  searches.forEach((search, i) => {
    if (search === '.') return
    const name = search.endsWith('.') ? search.slice(0, -1) : search
    addInvalid(errors, `${path}.searches[${i}]`, name, isDns1123SubdomainWithUnderscore(name))
  })
  config.options?.forEach((option, i) => {
    if (!option.name) errors.push(required(`${path}.options[${i}]`, 'must not be empty'))
  })
}

const validateHostNetworkPorts = (errors: Errors, path: string, spec: Loose<PodSpec>, rules: PodRules): void => {
  if (!spec.hostNetwork) return
  spec.containers?.forEach((container, i) =>
    container.ports?.forEach((port, j) => {
      const host = port.hostPort ?? 0
      if ((rules.isPod || host !== 0) && host !== (port.containerPort ?? 0)) {
        errors.push(invalidValue(`${path}.containers[${i}].ports[${j}].hostPort`, host, 'must match `containerPort` when `hostNetwork` is true'))
      }
    }),
  )
}

const validatePodResources = (errors: Errors, path: string, spec: Loose<PodSpec>, claims: ReadonlySet<string>, rules: PodRules): void => {
  const resources = spec.resources
  if (!resources || (!resources.limits && !resources.requests && !resources.claims)) return
  if (resources.claims) errors.push(forbiddenField(`${path}.claims`, 'cannot be set for the pod as a whole'))
  validatePodLevelResources(errors, path, resources, claims, rules)
  const requests = resources.requests as Amounts | undefined
  for (const [name, amount] of Object.entries(aggregateRequests(spec))) {
    const own = requests?.[name] ?? '0'
    if (compareQuantities(amount, own) > 0)
      errors.push(invalidValue(keyed(`${path}.requests`, name), own, `must be at least what the containers request together: ${amount}`))
  }
  const limits = resources.limits as Amounts | undefined
  spec.containers?.forEach((container, i) => {
    for (const [name, amount] of Object.entries((container.resources?.limits ?? {}) as Amounts)) {
      const own = limits?.[name]
      if (own !== undefined && compareQuantities(amount, own) > 0)
        errors.push(invalidValue(`${path}.containers[${i}][${name}].limits`, amount, `must be at most the pod's limit of ${own}`))
    }
  })
}

const validateHostname = (errors: Errors, path: string, spec: Loose<PodSpec>): void => {
  if (spec.hostname) addInvalid(errors, `${path}.hostname`, spec.hostname, isDns1123Label(spec.hostname))
  if (spec.subdomain) addInvalid(errors, `${path}.subdomain`, spec.subdomain, isDns1123Label(spec.subdomain))
  const name = spec.hostnameOverride
  if (name === undefined) return
  const at = `${path}.hostnameOverride`
  if (spec.hostNetwork) errors.push(forbiddenField(at, 'must not be set with hostNetwork'))
  if (spec.setHostnameAsFQDN) errors.push(forbiddenField(at, 'must not be set with setHostnameAsFQDN'))
  if (name.length > 64) errors.push(invalidValue(at, name, 'must be no more than 64 characters'))
  addInvalid(errors, at, name, isDns1123Subdomain(name))
}

const optionalName = (errors: Errors, path: string, name: string | undefined): void => {
  if (name) addInvalid(errors, path, name, isDns1123Subdomain(name))
}

/** `podName` is for the names of ephemeral claims; templates have none. */
export const validatePodSpec = (errors: Errors, path: string, spec: Loose<PodSpec>, podName: string | undefined, rules: PodRules): void => {
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(`${path}.terminationGracePeriodSeconds`))
  const volumes = validateVolumes(errors, `${path}.volumes`, spec.volumes ?? [], podName, rules)
  const claims = spec.resourceClaims ? new Set(spec.resourceClaims.map(c => c.name ?? '').filter(Boolean)) : noClaims
  const scope: PodScope = { spec, volumes, claims, graceSeconds: spec.terminationGracePeriodSeconds, hostUsers: spec.hostUsers !== false, rules }
  if (spec.resourceClaims) validateResourceClaims(errors, `${path}.resourceClaims`, spec.resourceClaims)
  validateContainers(errors, `${path}.containers`, spec.containers ?? [], scope)
  if (spec.initContainers) validateInitContainers(errors, `${path}.initContainers`, spec.initContainers, scope)
  if (spec.ephemeralContainers) validateEphemeralContainers(errors, `${path}.ephemeralContainers`, spec.ephemeralContainers, scope)
  validatePodResources(errors, `${path}.resources`, spec, claims, rules)
  validateHostNetworkPorts(errors, path, spec, rules)
  addChoice(errors, `${path}.restartPolicy`, spec.restartPolicy, ['Always', 'Never', 'OnFailure'])
  addChoice(errors, `${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'])
  if (spec.nodeSelector) validateLabels(errors, `${path}.nodeSelector`, spec.nodeSelector as Record<string, string>)
  validatePodSecurityContext(errors, `${path}.securityContext`, spec, rules)
  if (spec.affinity) validateAffinity(errors, `${path}.affinity`, spec.affinity, rules)
  validateDnsConfig(errors, `${path}.dnsConfig`, spec.dnsConfig, spec.dnsPolicy)
  spec.readinessGates?.forEach((gate, i) =>
    addInvalid(errors, `${path}.readinessGates[${i}].conditionType`, gate.conditionType, isQualifiedName(gate.conditionType ?? '')),
  )
  if (spec.schedulingGates) validateSchedulingGates(errors, `${path}.schedulingGates`, spec.schedulingGates)
  if (spec.topologySpreadConstraints) validateTopologySpread(errors, `${path}.topologySpreadConstraints`, spec.topologySpreadConstraints, rules)
  validateWindowsHostProcess(errors, path, spec)
  validateHostUsers(errors, path, spec)
  optionalName(errors, `${path}.serviceAccountName`, spec.serviceAccountName)
  optionalName(errors, `${path}.nodeName`, spec.nodeName)
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647'))
  validateHostname(errors, path, spec)
  if (spec.tolerations) validateTolerations(errors, `${path}.tolerations`, spec.tolerations)
  spec.hostAliases?.forEach((alias, i) => {
    const ip = alias.ip ?? ''
    if (!isValidIp(ip)) errors.push(invalidValue(`${path}.hostAliases[${i}].ip`, ip, 'must be an IP address'))
    alias.hostnames?.forEach((name, j) => addInvalid(errors, `${path}.hostAliases[${i}].hostnames[${j}]`, name, isDns1123Subdomain(name)))
  })
  optionalName(errors, `${path}.priorityClassName`, spec.priorityClassName)
  if (spec.runtimeClassName !== undefined) addInvalid(errors, `${path}.runtimeClassName`, spec.runtimeClassName, isDns1123Subdomain(spec.runtimeClassName))
  if (spec.preemptionPolicy !== undefined) addChoice(errors, `${path}.preemptionPolicy`, spec.preemptionPolicy, ['Never', 'PreemptLowerPriority'])
  if (spec.overhead) validateContainerResources(errors, `${path}.overhead`, { limits: spec.overhead }, noClaims, rules)
  validateOs(errors, path, spec)
  if (spec.schedulingGroup) addRequiredName(errors, `${path}.schedulingGroup.podGroupName`, spec.schedulingGroup.podGroupName, isDns1123Subdomain)
}
