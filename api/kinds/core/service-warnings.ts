// What is accepted in Services but has no effect, or soon will have none.
import type { Service } from '../../types/core-v1.ts'
import { cidrWarnings, ipWarnings } from '../ip-warnings.ts'

export const serviceWarnings = ({ metadata, spec }: Service): string[] => {
  const warnings: string[] = []
  const { externalIPs = [], clusterIPs = [], loadBalancerIP } = spec
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  const named = spec.type === 'ExternalName'
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined)
    warnings.push('annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead')
  clusterIPs.forEach((ip, i) => warnings.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip)))
  if (headless) {
    if (loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length) warnings.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  externalIPs.forEach((ip, i) => warnings.push(...ipWarnings(`spec.externalIPs[${i}]`, ip)))
  if (externalIPs.length && !headless && !named) warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  if (loadBalancerIP) warnings.push(...ipWarnings('spec.loadBalancerIP', loadBalancerIP))
  spec.loadBalancerSourceRanges?.forEach((range, i) => warnings.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range)))
  if (named && externalIPs.length) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!named && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose') warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return warnings
}
