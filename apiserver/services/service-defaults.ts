// What a Service's address fields become before anything is allocated: values kept from before, both spellings of the cluster IP in step,
// IP families of an IPv4 cluster. Rules of upstream's registry/core/service. Pure.
import { type FieldError, invalidValue } from '../../api/field-error.ts'
import { needsClusterIp, needsHealthCheckPort, needsNodePort, type Service, type ServiceSpec } from './service-spec.ts'

/** What an update leaves out of the allocated values stays as it was. */
export const patchAllocatedValues = (after: ServiceSpec, before: ServiceSpec): void => {
  if (needsClusterIp(before) && needsClusterIp(after)) {
    if (!after.clusterIP && before.clusterIP) after.clusterIP = before.clusterIP
    if (!after.clusterIPs?.length && after.clusterIP === before.clusterIP && before.clusterIPs) after.clusterIPs = [...before.clusterIPs]
  }
  if (needsNodePort(before) && needsNodePort(after)) {
    const used = new Set((after.ports ?? []).map(p => p.nodePort ?? 0))
    const byName = new Map((before.ports ?? []).map(p => [p.name ?? '', p.nodePort ?? 0]))
    for (const port of after.ports ?? []) {
      const known = byName.get(port.name ?? '')
      if (!port.nodePort && known && !used.has(known)) port.nodePort = known
    }
  }
  if (needsHealthCheckPort(before) && needsHealthCheckPort(after) && !after.healthCheckNodePort && before.healthCheckNodePort)
    after.healthCheckNodePort = before.healthCheckNodePort
}

const same = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean => JSON.stringify(a ?? []) === JSON.stringify(b ?? [])

/** clusterIP is the first of clusterIPs; a client that knows only one of them changes both. */
export const normalizeClusterIps = (after: ServiceSpec, before: ServiceSpec | undefined): void => {
  if (!before) {
    if (after.clusterIP && !after.clusterIPs?.length) after.clusterIPs = [after.clusterIP]
    return
  }
  const changedOne = (after.clusterIP ?? '') !== (before.clusterIP ?? '')
  const changedAll = !same(after.clusterIPs, before.clusterIPs)
  if (changedOne && !changedAll) {
    if (after.clusterIP) after.clusterIPs = [after.clusterIP]
    else delete after.clusterIPs
  }
}

export const initFamilies = (service: Service, before: ServiceSpec | undefined, reject: (error: FieldError) => void): void => {
  const { spec } = service
  if (!needsClusterIp(spec)) {
    // Turned into ExternalName: what was allocated goes, unless it was set anew.
    if (before && needsClusterIp(before)) {
      if (spec.clusterIP === before.clusterIP) delete spec.clusterIP
      if (same(spec.clusterIPs, before.clusterIPs)) delete spec.clusterIPs
      if (same(spec.ipFamilies, before.ipFamilies)) delete spec.ipFamilies
      if (spec.ipFamilyPolicy === before.ipFamilyPolicy) delete spec.ipFamilyPolicy
    }
    return
  }
  const wasAllocated = before !== undefined && needsClusterIp(before)
  if (wasAllocated) {
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy
    if (!spec.ipFamilies?.length && before.ipFamilies) spec.ipFamilies = [...before.ipFamilies]
  }
  const headless = spec.clusterIP === 'None'
  const selectorless = headless && !Object.keys(spec.selector ?? {}).length
  if (selectorless && !wasAllocated) {
    spec.ipFamilyPolicy ??= 'RequireDualStack'
    const first = spec.ipFamilies?.[0] ?? 'IPv4'
    if (spec.ipFamilyPolicy !== 'SingleStack') spec.ipFamilies = [first, first === 'IPv4' ? 'IPv6' : 'IPv4']
    else if (!spec.ipFamilies?.length) spec.ipFamilies = [first]
    return
  }
  spec.ipFamilyPolicy ??= 'SingleStack'
  if (!selectorless && !wasAllocated) {
    spec.ipFamilies?.forEach((family, i) => {
      if (family === 'IPv6') reject(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
    })
    if (spec.ipFamilyPolicy === 'RequireDualStack')
      reject(invalidValue('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  }
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4']
}
