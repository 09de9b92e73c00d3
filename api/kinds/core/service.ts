// Service of v1. Addresses and ports are allocated by the API server; here is what needs no allocator.
import { defineResource, type WriteContext } from '../../resource.ts'
import type { Service } from '../../types/core-v1.ts'
import { isDns1123Label } from '../../validation/names.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { validateService } from '../../validation/service.ts'
import { serviceWarnings } from './service-warnings.ts'
import { ageColumn, column, formatLabels, nameColumn, none, wide } from '../columns.ts'

const externallyAccessible = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)
const needsHealthCheck = ({ spec }: Service): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

const defaultService = (service: Service): void => {
  const spec = (service.spec as Service['spec'] | undefined) ?? (service.spec = {})
  spec.sessionAffinity ??= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } }
  spec.type ??= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP'
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port
  }
  if (externallyAccessible(service)) spec.externalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'LoadBalancer') return
  spec.allocateLoadBalancerNodePorts ??= true
  for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
}

/** clusterIP is the first of clusterIPs; a client may set or clear either. */
const syncClusterIps = (service: Service, old: Service | undefined): void => {
  const { spec } = service
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
    return
  }
  if (spec.clusterIP === old.spec.clusterIP) return
  const untouched = !spec.clusterIPs?.length || semanticEqual(spec.clusterIPs, old.spec.clusterIPs)
  if (!untouched) return
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP]
  else delete spec.clusterIPs
}

/** Fields that only mean something to the type they were set for go when the type does. */
const dropForType = (service: Service, old: Service): void => {
  const [spec, before] = [service.spec, old.spec]
  const same = (a: unknown, b: unknown): boolean => semanticEqual(a, b)
  if (before.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (same(spec.clusterIP, before.clusterIP)) delete spec.clusterIP
    if (same(spec.clusterIPs, before.clusterIPs)) delete spec.clusterIPs
    if (same(spec.ipFamilies, before.ipFamilies)) delete spec.ipFamilies
    if (same(spec.ipFamilyPolicy, before.ipFamilyPolicy)) delete spec.ipFamilyPolicy
    if (spec.internalTrafficPolicy === before.internalTrafficPolicy) delete spec.internalTrafficPolicy
  }
  const hasNodePorts = (s: Service['spec']): boolean => s.type === 'NodePort' || s.type === 'LoadBalancer'
  if (hasNodePorts(before) && !hasNodePorts(spec)) {
    const ports = before.ports?.map(p => p.nodePort)
    if (
      same(
        spec.ports?.map(p => p.nodePort),
        ports,
      )
    )
      for (const port of spec.ports ?? []) delete port.nodePort
  }
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (same(spec.allocateLoadBalancerNodePorts, before.allocateLoadBalancerNodePorts)) delete spec.allocateLoadBalancerNodePorts
    if (same(spec.loadBalancerClass, before.loadBalancerClass)) delete spec.loadBalancerClass
  }
  if (needsHealthCheck(old) && !needsHealthCheck(service) && spec.healthCheckNodePort === before.healthCheckNodePort) delete spec.healthCheckNodePort
  if (externallyAccessible(old) && !externallyAccessible(service) && spec.externalTrafficPolicy === before.externalTrafficPolicy)
    delete spec.externalTrafficPolicy
}

/** What a client that only knows older fields leaves out stays as it was. */
const patchAllocated = (service: Service, old: Service): void => {
  const [spec, before] = [service.spec, old.spec]
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP
    if (!spec.clusterIPs?.length && spec.clusterIP === before.clusterIP && before.clusterIPs) spec.clusterIPs = [...before.clusterIPs]
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy
    if (!spec.ipFamilies?.length && before.ipFamilies) spec.ipFamilies = [...before.ipFamilies]
    if (spec.ipFamilyPolicy === undefined) delete spec.ipFamilyPolicy
  }
  if (needsHealthCheck(service) && needsHealthCheck(old) && !spec.healthCheckNodePort && before.healthCheckNodePort)
    spec.healthCheckNodePort = before.healthCheckNodePort
}

const prepare = (service: Service, old: Service | undefined, context: WriteContext): void => {
  if (!old) {
    service.status = { loadBalancer: {} }
    syncClusterIps(service, undefined)
    return
  }
  if (context.subresource === 'status') {
    service.spec = structuredClone(old.spec)
    return
  }
  service.status = structuredClone(old.status ?? { loadBalancer: {} })
  patchAllocated(service, old)
  syncClusterIps(service, old)
  dropForType(service, old)
  if (service.spec.type !== 'LoadBalancer') service.status.loadBalancer = {}
}

const externalIp = (service: Service): string => {
  const { spec } = service
  const extra = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return extra.length ? extra.join(',') : none
    case 'LoadBalancer': {
      const ingress = service.status?.loadBalancer?.ingress?.map(i => i.ip ?? i.hostname ?? '').filter(Boolean)
      const all = [...[...new Set(ingress)].sort(), ...extra]
      return all.length ? all.join(',') : '<pending>'
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}
const portList = (service: Service): string => {
  const ports = (service.spec.ports ?? []).map(p => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`)
  return ports.length ? ports.join(',') : none
}

export const services = defineResource<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  shortNames: ['svc'],
  categories: ['all'],
  storagePrefix: '/registry/services/specs/',
  status: true,
  columns: [
    nameColumn,
    column('Type', 'string', s => s.spec.type ?? '', 'How it can be reached.'),
    column('Cluster-IP', 'string', s => s.spec.clusterIPs?.[0] ?? none, 'Its address in the cluster.'),
    column('External-IP', 'string', externalIp, 'Its addresses outside.'),
    column('Port(s)', 'string', portList, 'Its ports, with node ports.'),
    ageColumn,
    wide('Selector', s => formatLabels(s.spec.selector)),
  ],
  selectableFields: { 'spec.clusterIP': s => s.spec.clusterIP ?? '', 'spec.type': s => s.spec.type ?? '' },
  validateName: name => [...isDns1123Label(name)],
  metadataChecks: 'object',
  default: defaultService,
  prepare,
  validate: (service, old, context) => validateService(service, old, context.subresource),
  warnings: serviceWarnings,
  createOnUpdate: true,
  deleteAnswersObject: true,
})
