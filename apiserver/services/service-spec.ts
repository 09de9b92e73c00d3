// The part of a Service that addresses are about, and what its type makes it need. Pure.
import type { KubeObject } from '../../api/object.ts'

export interface ServicePort {
  name?: string
  protocol?: string
  port: number
  nodePort?: number
}
export interface ServiceSpec {
  type?: string
  clusterIP?: string
  clusterIPs?: string[]
  ipFamilies?: string[]
  ipFamilyPolicy?: string
  ports?: ServicePort[]
  selector?: Record<string, string>
  externalTrafficPolicy?: string
  healthCheckNodePort?: number
  allocateLoadBalancerNodePorts?: boolean
}
export interface Service extends KubeObject {
  spec: ServiceSpec
}

export const needsClusterIp = ({ type }: ServiceSpec): boolean => type === undefined || type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer'
export const needsNodePort = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

/** The addresses that are claimed for it. */
export const clusterIpsOf = (spec: ServiceSpec | undefined): string[] =>
  spec && needsClusterIp(spec) ? (spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []).filter(ip => ip !== 'None') : []

/** The node ports that are claimed for it, each once. */
export const nodePortsOf = (spec: ServiceSpec | undefined): number[] => [
  ...new Set([...(spec?.ports ?? []).map(p => p.nodePort ?? 0), spec?.healthCheckNodePort ?? 0].filter(Boolean)),
]
