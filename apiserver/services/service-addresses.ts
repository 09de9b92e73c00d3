// Cluster IPs and node ports of Services: taken before the write, given back when it fails, rebuilt from the store at the start. One
// server holds them in memory; several would share them through IPAddress objects behind the same WriteHook.
import { type FieldError, invalid, invalidValue } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'
import { internalError } from '../../api/status.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { AddressRange } from './address-range.ts'
import { type Bitmap, createBitmap } from './bitmap.ts'
import { noReservation, type Reservation, type WriteHook } from './write-hooks.ts'
import { needsClusterIp, needsHealthCheckPort, needsNodePort, type Service, type ServiceSpec } from './service-spec.ts'
import { initFamilies, normalizeClusterIps, patchAllocatedValues } from './service-defaults.ts'

const clusterIpsOf = (spec: ServiceSpec | undefined): string[] =>
  spec && needsClusterIp(spec) ? (spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []).filter(ip => ip !== 'None') : []
const portsOf = (spec: ServiceSpec | undefined): number[] => [
  ...new Set([...(spec?.ports ?? []).map(p => p.nodePort ?? 0), spec?.healthCheckNodePort ?? 0].filter(Boolean)),
]

export interface ServiceAddresses extends WriteHook {
  /** Takes what stored Services hold; conflicts are reported, not mended. */
  restore(services: Iterable<KubeObject>): readonly string[]
  readonly usage: { readonly ips: number; readonly ports: number }
}

export const createServiceAddresses = (record: AnyResource, range: AddressRange, nodePorts: { first: number; last: number }): ServiceAddresses => {
  const ips = createBitmap(range.size)
  const ports = createBitmap(nodePorts.last - nodePorts.first + 1)
  // The first address is that of the `kubernetes` Service, which the server writes itself.
  ips.take(0)
  const reject = (service: Service, error: FieldError): never => {
    throw invalid(record, service.metadata.name ?? '', [error])
  }
  const portOffset = (port: number): number => port - nodePorts.first

  /** Everything one write took, to be given back as one. */
  const beginTransaction = (): {
    take: (set: Bitmap, n: number) => boolean
    takeAny: (set: Bitmap, from: number, to: number) => number | undefined
    rollback: () => void
  } => {
    const taken: [Bitmap, number][] = []
    return {
      take: (set, n) => set.take(n) && taken.push([set, n]) > 0,
      takeAny: (set, from, to) => {
        const n = set.takeAny(from, to)
        if (n !== undefined) taken.push([set, n])
        return n
      },
      rollback: () => {
        for (const [set, n] of taken.splice(0)) set.release(n)
      },
    }
  }
  type Transaction = ReturnType<typeof beginTransaction>

  const takeClusterIps = (service: Service, dryRun: boolean, t: Transaction): void => {
    const { spec } = service
    if (!needsClusterIp(spec) || spec.clusterIP === 'None') return
    if (!spec.clusterIP) {
      const n = t.takeAny(ips, range.dynamicFrom, range.size) ?? t.takeAny(ips, 0, range.dynamicFrom)
      if (n === undefined) throw internalError('failed to allocate a service IP: range is full')
      spec.clusterIP = range.addressAt(n)
      spec.clusterIPs = [spec.clusterIP]
      return
    }
    for (const ip of spec.clusterIPs ?? [spec.clusterIP]) {
      const offset = range.offsetOf(ip)
      // What is no address at all is the validation's to report.
      if (offset === undefined) {
        if (/^\d+\.\d+\.\d+\.\d+$/.test(ip))
          reject(service, invalidValue('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: the provided IP is not in the valid range`))
        continue
      }
      if (!dryRun && !t.take(ips, offset))
        reject(service, invalidValue('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: provided IP is already allocated`))
    }
  }

  const anyPort = (t: Transaction): number => {
    const n = t.takeAny(ports, Math.min(Math.max(16, Math.floor(ports.size / 32)), 128), ports.size) ?? t.takeAny(ports, 0, ports.size)
    if (n === undefined) throw internalError('failed to allocate a nodePort: range is full')
    return nodePorts.first + n
  }

  /** A dry run takes nothing: it notices a port that is taken, and does not judge the range. */
  const takeNodePort = (service: Service, field: string, wanted: number, dryRun: boolean, t: Transaction): void => {
    const offset = portOffset(wanted)
    const inside = offset >= 0 && offset < ports.size
    if (!inside && !dryRun)
      reject(service, invalidValue(field, wanted, `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`))
    if (inside && !t.take(ports, offset)) reject(service, invalidValue(field, wanted, 'provided port is already allocated'))
  }

  /** On creation one number serves the same port under several protocols. */
  const takeNewPorts = (service: Service, dryRun: boolean, t: Transaction): void => {
    const { spec } = service
    const list = spec.ports ?? []
    const numbers = new Map<number, number>()
    list.forEach((port, i) => {
      if (!port.nodePort && !needsNodePort(spec)) return
      const field = `spec.ports[${i}].nodePort`
      const known = numbers.get(port.port)
      if (known === undefined) {
        const wanted = list.find(p => p.port === port.port && p.nodePort)?.nodePort
        if (wanted) takeNodePort(service, field, wanted, dryRun, t)
        port.nodePort = wanted ?? anyPort(t)
        numbers.set(port.port, port.nodePort)
      } else if (!port.nodePort) port.nodePort = known
      else if (port.nodePort !== known) takeNodePort(service, field, port.nodePort, dryRun, t)
    })
  }

  const takeChangedPorts = (service: Service, before: ServiceSpec, dryRun: boolean, t: Transaction): void => {
    const { spec } = service
    const held = new Set(portsOf(before))
    spec.ports?.forEach((port, i) => {
      if (!port.nodePort && !needsNodePort(spec)) return
      if (!port.nodePort) port.nodePort = anyPort(t)
      else if (!held.has(port.nodePort)) takeNodePort(service, `spec.ports[${i}].nodePort`, port.nodePort, dryRun, t)
      held.add(port.nodePort)
    })
  }

  const takeNodePorts = (service: Service, before: ServiceSpec | undefined, dryRun: boolean, t: Transaction): void => {
    const { spec } = service
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
      if (before) takeChangedPorts(service, before, dryRun, t)
      else takeNewPorts(service, dryRun, t)
    }
    if (!needsHealthCheckPort(spec)) return
    if (!spec.healthCheckNodePort) spec.healthCheckNodePort = anyPort(t)
    else if (spec.healthCheckNodePort !== before?.healthCheckNodePort) takeNodePort(service, 'spec.healthCheckNodePort', spec.healthCheckNodePort, dryRun, t)
  }

  const release = (spec: ServiceSpec | undefined, except: ServiceSpec | undefined): void => {
    const keptIps = new Set(clusterIpsOf(except))
    for (const ip of clusterIpsOf(spec)) {
      const offset = range.offsetOf(ip)
      if (offset !== undefined && !keptIps.has(ip)) ips.release(offset)
    }
    const keptPorts = new Set(portsOf(except))
    for (const port of portsOf(spec)) if (!keptPorts.has(port)) ports.release(portOffset(port))
  }

  return {
    begin: (object, old, dryRun): Reservation => {
      const service = object as Service
      const before = (old as Service | undefined)?.spec
      if (typeof (service.spec as unknown) !== 'object') return noReservation
      if (before) patchAllocatedValues(service.spec, before)
      normalizeClusterIps(service.spec, before)
      initFamilies(service, before, error => reject(service, error))
      const t = beginTransaction()
      try {
        // An update only takes addresses when the Service had none by its type; any other change of them is the validation's to refuse.
        if (!before || !needsClusterIp(before)) takeClusterIps(service, dryRun, t)
        takeNodePorts(service, before, dryRun, t)
      } catch (error) {
        t.rollback()
        throw error
      }
      if (dryRun) {
        t.rollback()
        return noReservation
      }
      return { commit: () => release(before, service.spec), rollback: t.rollback }
    },
    deleted: object => release((object as Service).spec, undefined),
    restore: services => {
      const doubles: string[] = []
      for (const object of services) {
        const { metadata, spec } = object as Service
        for (const ip of clusterIpsOf(spec)) {
          const offset = range.offsetOf(ip)
          if (offset === undefined || (offset !== 0 && !ips.take(offset))) doubles.push(`${metadata.namespace ?? ''}/${metadata.name ?? ''} ${ip}`)
        }
        for (const port of portsOf(spec)) if (!ports.take(portOffset(port))) doubles.push(`${metadata.namespace ?? ''}/${metadata.name ?? ''} port ${port}`)
      }
      return doubles
    },
    get usage() {
      return { ips: ips.used, ports: ports.used }
    },
  }
}
