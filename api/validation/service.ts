// Service: types, ports, addresses, traffic policies, and what may change.
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import type { LoadBalancerStatus, Service, ServicePort, ServiceSpec } from '../types/core-v1.ts'
import { addChoice, addInvalid, addSupported, type Errors } from './collect.ts'
import { addCidr, addIp, addNonSpecialIp, isDualStack, isIp6, isValidIp } from './ip.ts'
import { validateLabels } from './labels.ts'
import { type Loose, loose } from './loose.ts'
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName } from './names.ts'
import { validatePortNumberOrName } from './pod/probes.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const sourceRangesKey = 'service.beta.kubernetes.io/load-balancer-source-ranges'

type Spec = Loose<ServiceSpec>
export const isHeadless = (spec: Spec): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'
const externallyAccessible = (spec: Spec): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)
const needsHealthCheck = (spec: Spec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

const validatePort = (errors: Errors, path: string, port: Loose<ServicePort>, needsName: boolean, names: Set<string>): void => {
  if (needsName && !port.name) errors.push(required(`${path}.name`))
  else if (port.name) {
    addInvalid(errors, `${path}.name`, port.name, isDns1123Label(port.name))
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name))
    names.add(port.name)
  }
  addInvalid(errors, `${path}.port`, port.port ?? 0, isPortNumber(port.port ?? 0))
  addChoice(errors, `${path}.protocol`, port.protocol, protocols)
  validatePortNumberOrName(errors, `${path}.targetPort`, port.targetPort)
  if (port.appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, port.appProtocol, isQualifiedName(port.appProtocol))
}

const validateExternalName = (errors: Errors, spec: Spec): void => {
  for (const key of ['clusterIPs', 'ipFamilies'] as const)
    if (spec[key]?.length) errors.push(forbiddenField(`spec.${key}`, 'may not be set for ExternalName services'))
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbiddenField('spec.ipFamilyPolicy', 'may not be set for ExternalName services'))
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name) addInvalid(errors, 'spec.externalName', name, isDns1123Subdomain(name))
  else errors.push(required('spec.externalName'))
}

const validatePorts = (errors: Errors, spec: Spec): void => {
  const ports = spec.ports ?? []
  const names = new Set<string>()
  ports.forEach((port, i) => validatePort(errors, `spec.ports[${i}]`, port, ports.length > 1, names))
  if (spec.type === 'ClusterIP')
    ports.forEach((port, i) => {
      if (port.nodePort) errors.push(forbiddenField(`spec.ports[${i}].nodePort`, 'may not be used when `type` is ClusterIP'))
    })
  const seen = new Set<string>()
  const once = (key: string, path: string, value: unknown): void => {
    if (seen.has(key)) errors.push(duplicate(path, value))
    seen.add(key)
  }
  ports.forEach((port, i) => {
    if (port.nodePort) once(`node/${port.protocol}/${port.nodePort}`, `spec.ports[${i}].nodePort`, port.nodePort)
  })
  ports.forEach((port, i) => once(`port/${port.protocol}/${port.port}`, `spec.ports[${i}]`, { protocol: port.protocol, port: port.port }))
}

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among each other. */
export const validateClusterIps = (errors: Errors, spec: Spec): void => {
  if (spec.type === 'ExternalName') return
  const ips = spec.clusterIPs ?? []
  const families = spec.ipFamilies ?? []
  if (spec.clusterIP) {
    if (ips.length === 0) errors.push(required('spec.clusterIPs'))
    else if (ips[0] !== spec.clusterIP) errors.push(invalidValue('spec.clusterIPs', ips, 'first value must match `clusterIP`'))
  } else if (ips.length) errors.push(invalidValue('spec.clusterIPs', ips, 'must be empty when `clusterIP` is not specified'))
  families.forEach((family, i) => {
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6']))
    if (families.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family))
  })
  if (spec.ipFamilyPolicy !== undefined)
    addSupported(errors, 'spec.ipFamilyPolicy', spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'])
  let bad = false
  ips.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) {
        bad = true
        errors.push(invalidValue('spec.clusterIPs', ips, '"None" must be the first and only value'))
      }
    } else if (!addIp(errors, `spec.clusterIPs[${i}]`, ip)) bad = true
  })
  if (ips.length > 2) errors.push(invalidValue('spec.clusterIPs', ips, 'may only hold up to 2 values'))
  if (bad) return
  if (ips.length > 1 && !isDualStack(ips)) errors.push(invalidValue('spec.clusterIPs', ips, 'may have no more than one address of each family'))
  if (isHeadless(spec)) return
  ips.forEach((ip, i) => {
    if ((families[i] === 'IPv4' && isIp6(ip)) || (families[i] === 'IPv6' && !isIp6(ip)))
      errors.push(invalidValue(`spec.clusterIPs[${i}]`, ip, `must be of the family in ipFamilies[${i}]`))
  })
}

const validateSessionAffinity = (errors: Errors, spec: Spec): void => {
  addChoice(errors, 'spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'])
  const path = 'spec.sessionAffinityConfig'
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig) errors.push(forbiddenField(path, 'must not be set when session affinity is None'))
  if (spec.sessionAffinity !== 'ClientIP') return
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (!spec.sessionAffinityConfig) errors.push(required(path))
  else if (!spec.sessionAffinityConfig.clientIP) errors.push(required(`${path}.clientIP`))
  else if (seconds === undefined) errors.push(required(`${path}.clientIP.timeoutSeconds`))
  else if (seconds <= 0 || seconds > 86400) errors.push(invalidValue(`${path}.clientIP.timeoutSeconds`, seconds, 'must be between 1 and 86400'))
}

const validateSourceRanges = (errors: Errors, spec: Spec, annotations: Readonly<Record<string, string>>): void => {
  const notLoadBalancer = (path: string): void => {
    if (spec.type !== 'LoadBalancer') errors.push(forbiddenField(path, 'may only be used when `type` is LoadBalancer'))
  }
  if (spec.loadBalancerSourceRanges?.length) {
    notLoadBalancer('spec.LoadBalancerSourceRanges')
    spec.loadBalancerSourceRanges.forEach((range, i) => addCidr(errors, `spec.LoadBalancerSourceRanges[${i}]`, range.trim()))
  } else if (annotations[sourceRangesKey] !== undefined) {
    const path = `metadata.annotations[${sourceRangesKey}]`
    notLoadBalancer(path)
    const text = annotations[sourceRangesKey].trim()
    if (text) for (const range of text.split(',')) addCidr(errors, path, range.trim())
  }
}

const validateTraffic = (errors: Errors, spec: Spec): void => {
  if (!externallyAccessible(spec)) {
    if (spec.externalTrafficPolicy)
      errors.push(invalidValue('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'))
  } else addChoice(errors, 'spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local'])
  if (!needsHealthCheck(spec) && spec.healthCheckNodePort)
    errors.push(invalidValue('spec.healthCheckNodePort', spec.healthCheckNodePort, 'needs `type` LoadBalancer and `externalTrafficPolicy` Local'))
  if (needsHealthCheck(spec) && spec.healthCheckNodePort)
    addInvalid(errors, 'spec.healthCheckNodePort', spec.healthCheckNodePort, isPortNumber(spec.healthCheckNodePort))
  const internal = spec.internalTrafficPolicy
  if (internal === undefined) {
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.type === 'ClusterIP') errors.push(required('spec.internalTrafficPolicy'))
  } else addSupported(errors, 'spec.internalTrafficPolicy', internal, ['Cluster', 'Local'])
  if (spec.trafficDistribution !== undefined)
    addSupported(errors, 'spec.trafficDistribution', spec.trafficDistribution, ['PreferClose', 'PreferSameNode', 'PreferSameZone'])
}

const validateLoadBalancerClass = (errors: Errors, spec: Spec): void => {
  if (spec.loadBalancerClass === undefined) return
  if (spec.type === 'LoadBalancer') addInvalid(errors, 'spec.loadBalancerClass', spec.loadBalancerClass, isQualifiedName(spec.loadBalancerClass))
  else errors.push(forbiddenField('spec.loadBalancerClass', 'may only be used when `type` is LoadBalancer'))
}

const validateWhole = (errors: Errors, service: Loose<Service>): void => {
  const spec = service.spec ?? {}
  const annotations = (service.metadata?.annotations ?? {}) as Record<string, string>
  const [hints, mode] = [annotations['service.kubernetes.io/topology-aware-hints'], annotations['service.kubernetes.io/topology-mode']]
  if (hints !== undefined && mode !== undefined && hints !== mode)
    errors.push(invalidValue('metadata.annotations[service.kubernetes.io/topology-mode]', mode, 'must match the older annotation'))
  if (!spec.ports?.length && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  if (spec.type === 'ExternalName') validateExternalName(errors, spec)
  else if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec))
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be None for ${spec.type} services`))
  validatePorts(errors, spec)
  if (spec.selector) validateLabels(errors, 'spec.selector', spec.selector as Record<string, string>)
  validateSessionAffinity(errors, spec)
  validateClusterIps(errors, spec)
  spec.externalIPs?.forEach((ip, i) => {
    if (addIp(errors, `spec.externalIPs[${i}]`, ip)) addNonSpecialIp(errors, `spec.externalIPs[${i}]`, ip)
  })
  addChoice(errors, 'spec.type', spec.type, types)
  validateSourceRanges(errors, spec, annotations)
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', 'may only be used when `type` is LoadBalancer'))
  if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === undefined) errors.push(required('allocateLoadBalancerNodePorts'))
  validateLoadBalancerClass(errors, spec)
  validateTraffic(errors, spec)
}

/** Types that have cluster addresses. */
const addressed: readonly string[] = ['ClusterIP', 'LoadBalancer', 'NodePort']

const validateAddressChange = (errors: Errors, spec: Spec, old: Spec): void => {
  if (!addressed.includes(spec.type ?? '') || !addressed.includes(old.type ?? '')) return
  const [now, was] = [isHeadless(spec), isHeadless(old)]
  if (!(now && was)) compareLists(errors, spec, spec.clusterIPs ?? [], old.clusterIPs ?? [], 'clusterIPs', i => i)
  if (now === was && !now) compareLists(errors, spec, spec.ipFamilies ?? [], old.ipFamilies ?? [], 'ipFamilies', () => 0)
}

const compareLists = (
  errors: Errors,
  spec: Spec,
  now: readonly string[],
  was: readonly string[],
  key: 'clusterIPs' | 'ipFamilies',
  index: (i: number) => number,
): void => {
  const changed = (i: number): void => {
    errors.push(invalidValue(`spec.${key}[${i}]`, now, 'may not change once set'))
  }
  if (now.length === was.length)
    was.forEach((value, i) => {
      if (value !== now[i]) changed(index(i))
    })
  else {
    if (now.length < was.length && (spec.clusterIPs ?? []).length === 0) errors.push(invalidValue(`spec.${key}[0]`, now, 'the primary one cannot be unset'))
    if (was.length && now.length && now[0] !== was[0]) changed(0)
    if (now.length < was.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
      errors.push(invalidValue('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'must be SingleStack when the secondary one is released'))
  }
}

export const validateLoadBalancerStatus = (errors: Errors, path: string, status: Loose<LoadBalancerStatus> | undefined): void => {
  status?.ingress?.forEach((ingress, i) => {
    const at = `${path}.ingress[${i}]`
    if (ingress.ip) addIp(errors, `${at}.ip`, ingress.ip)
    if (ingress.ipMode === undefined) {
      if (ingress.ip) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is'))
    } else if (!ingress.ip) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not'))
    else addSupported(errors, `${at}.ipMode`, ingress.ipMode, ['Proxy', 'VIP'])
    if (!ingress.hostname) return
    addInvalid(errors, `${at}.hostname`, ingress.hostname, isDns1123Subdomain(ingress.hostname))
    if (isValidIp(ingress.hostname)) errors.push(invalidValue(`${at}.hostname`, ingress.hostname, 'must be a DNS name, not an IP address'))
  })
}

export const validateService = (given: Service, stored: Service | undefined, subresource: string | undefined): FieldError[] => {
  const errors: Errors = []
  const service = loose(given)
  if (subresource === 'status') {
    if (service.spec?.type !== 'LoadBalancer' && service.status?.loadBalancer?.ingress?.length)
      errors.push(forbiddenField('status.loadBalancer.ingress', 'may only be used when `spec.type` is LoadBalancer'))
    else validateLoadBalancerStatus(errors, 'status.loadBalancer', service.status?.loadBalancer)
    return errors
  }
  // Addresses are claimed before anything else is judged.
  if (service.spec && service.spec.type !== 'ExternalName') validateClusterIps(errors, service.spec)
  if (errors.length) return errors
  if (stored) {
    const [spec, old] = [service.spec ?? {}, loose(stored).spec ?? {}]
    validateAddressChange(errors, spec, old)
    if (old.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && old.loadBalancerClass !== spec.loadBalancerClass)
      errors.push(invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'))
    validateLoadBalancerClass(errors, spec)
    if (needsHealthCheck(old) && needsHealthCheck(spec) && old.healthCheckNodePort !== spec.healthCheckNodePort)
      errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'))
  }
  validateWhole(errors, service)
  return errors
}
