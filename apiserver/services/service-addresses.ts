// Cluster IPs and node ports of Services: claimed before the write, given back when it fails. The claims are stored objects (IPAddress for
// addresses), so that several servers never give out one twice; what a crash leaves behind, repair.ts finds.
import { type FieldError, invalid, invalidValue } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'
import { internalError } from '../../api/status.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { AddressRange } from './address-range.ts'
import type { Claims, Owner } from './claims.ts'
import { noReservation, type Reservation, type WriteHook } from './write-hooks.ts'
import { clusterIpsOf, nodePortsOf, needsClusterIp, needsHealthCheckPort, needsNodePort, type Service, type ServiceSpec } from './service-spec.ts'
import { initFamilies, normalizeClusterIps, patchAllocatedValues } from './service-defaults.ts'

export interface AddressParts {
  readonly record: AnyResource
  readonly ips: Claims
  readonly ports: Claims
  /** The ranges that addresses come from now, the server's own first. */
  readonly ranges: () => Promise<readonly AddressRange[]>
  readonly nodePorts: { readonly first: number; readonly last: number }
  readonly random?: () => number
}

/** The event loop is given back after this many numbers were looked at in vain. */
const yieldEvery = 1_000

/** A number in [from, to) that `take` got: random start, then the next free one. */
const takeAny = async (from: number, to: number, random: () => number, take: (n: number) => Promise<boolean>): Promise<number | undefined> => {
  const span = to - from
  const start = Math.floor(random() * span)
  for (let i = 0; i < span; i++) {
    const n = from + ((start + i) % span)
    if (await take(n)) return n
    if (i % yieldEvery === yieldEvery - 1) await new Promise(setImmediate)
  }
  return undefined
}

/** Everything one write took, to be given back as one. */
class Transaction {
  readonly #owner: Owner
  readonly #taken: { claims: Claims; name: string }[] = []
  /** The highest node port of a dry run, or where its guesses begin. */
  #highest: number | undefined
  constructor(owner: Owner) {
    this.#owner = owner
  }
  /** A dry run takes no port; what it answers is upstream's guess, one above the highest that it named or guessed. */
  guessPort(): number {
    return this.notePort((this.#highest ?? 32_768) + 1)
  }
  notePort(port: number): number {
    this.#highest = Math.max(this.#highest ?? 0, port)
    return port
  }
  async take(claims: Claims, name: string): Promise<boolean> {
    if (!(await claims.take(name, this.#owner))) return false
    this.#taken.push({ claims, name })
    return true
  }
  async rollback(): Promise<void> {
    // Newest first; what cannot be given back now is found by the repair.
    for (const { claims, name } of this.#taken.splice(0).reverse()) await claims.release(name, this.#owner).catch(() => undefined)
  }
}

const toOwner = ({ metadata }: KubeObject): Owner => ({ namespace: metadata.namespace ?? '', name: metadata.name ?? '' })

export const createServiceAddresses = ({ record, ips, ports, ranges, nodePorts, random = Math.random }: AddressParts): WriteHook => {
  const reject = (service: Service, error: FieldError): never => {
    throw invalid(record, service.metadata.name ?? '', [error])
  }
  const isNodePort = (port: number): boolean => port >= nodePorts.first && port <= nodePorts.last

  const takeClusterIps = async (service: Service, dryRun: boolean, t: Transaction): Promise<void> => {
    const { spec } = service
    if (!needsClusterIp(spec) || spec.clusterIP === 'None') return
    const known = await ranges()
    if (!spec.clusterIP) {
      spec.clusterIP = await takeAnyAddress(known, dryRun, t)
      spec.clusterIPs = [spec.clusterIP]
      return
    }
    for (const ip of spec.clusterIPs ?? [spec.clusterIP]) {
      if (!known.some(range => range.offsetOf(ip) !== undefined)) {
        // What is no address at all is the validation's to report.
        if (/^\d+\.\d+\.\d+\.\d+$/.test(ip))
          reject(service, invalidValue('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: the provided IP is not in the valid range`))
        continue
      }
      if (!dryRun && !(await t.take(ips, ip)))
        reject(service, invalidValue('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: provided IP is already allocated`))
    }
  }

  const takeAnyAddress = async (known: readonly AddressRange[], dryRun: boolean, t: Transaction): Promise<string> => {
    for (const range of known) {
      const take = async (n: number): Promise<boolean> => {
        const address = range.addressAt(n)
        return (await ips.isFree(address)) && (dryRun || (await t.take(ips, address)))
      }
      const n = (await takeAny(range.dynamicFrom, range.size, random, take)) ?? (await takeAny(0, range.dynamicFrom, random, take))
      if (n !== undefined) return range.addressAt(n)
    }
    throw internalError('failed to allocate a service IP: range is full')
  }

  const anyPort = async (service: Service, dryRun: boolean, t: Transaction): Promise<number> => {
    if (dryRun) return t.guessPort()
    const size = nodePorts.last - nodePorts.first + 1
    // What a later port of the same object names is no free one.
    const mine = new Set(nodePortsOf(service.spec))
    const take = async (n: number): Promise<boolean> => {
      const port = nodePorts.first + n
      return !mine.has(port) && (await ports.isFree(String(port))) && (await t.take(ports, String(port)))
    }
    const dynamicFrom = Math.min(Math.max(16, Math.floor(size / 32)), 128)
    const n = (await takeAny(Math.min(dynamicFrom, size), size, random, take)) ?? (await takeAny(0, size, random, take))
    if (n === undefined) throw internalError('failed to allocate a nodePort: range is full')
    return nodePorts.first + n
  }

  /** A dry run takes nothing: it notices a port that is taken, and does not judge the range. */
  const takeNodePort = async (service: Service, field: string, wanted: number, dryRun: boolean, t: Transaction): Promise<void> => {
    const inside = isNodePort(wanted)
    if (!inside && !dryRun)
      reject(service, invalidValue(field, wanted, `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`))
    if (inside && !(dryRun ? await ports.isFree(String(wanted)) : await t.take(ports, String(wanted))))
      reject(service, invalidValue(field, wanted, 'provided port is already allocated'))
    if (dryRun) t.notePort(wanted)
  }

  /** On creation one number serves the same port under several protocols. */
  const takeNewPorts = async (service: Service, dryRun: boolean, t: Transaction): Promise<void> => {
    const { spec } = service
    const list = spec.ports ?? []
    const numbers = new Map<number, number>()
    for (const [i, port] of list.entries()) {
      if (!port.nodePort && !needsNodePort(spec)) continue
      const field = `spec.ports[${i}].nodePort`
      const known = numbers.get(port.port)
      if (known === undefined) {
        const wanted = list.find(p => p.port === port.port && p.nodePort)?.nodePort
        if (wanted) await takeNodePort(service, field, wanted, dryRun, t)
        port.nodePort = wanted ?? (await anyPort(service, dryRun, t))
        numbers.set(port.port, port.nodePort)
      } else if (!port.nodePort) port.nodePort = known
      else if (port.nodePort !== known) await takeNodePort(service, field, port.nodePort, dryRun, t)
    }
  }

  const takeChangedPorts = async (service: Service, before: ServiceSpec, dryRun: boolean, t: Transaction): Promise<void> => {
    const { spec } = service
    const held = new Set(nodePortsOf(before))
    for (const [i, port] of (spec.ports ?? []).entries()) {
      if (!port.nodePort && !needsNodePort(spec)) continue
      if (!port.nodePort) port.nodePort = await anyPort(service, dryRun, t)
      else if (!held.has(port.nodePort)) await takeNodePort(service, `spec.ports[${i}].nodePort`, port.nodePort, dryRun, t)
      held.add(port.nodePort)
    }
  }

  const takeNodePorts = async (service: Service, before: ServiceSpec | undefined, dryRun: boolean, t: Transaction): Promise<void> => {
    const { spec } = service
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
      if (before) await takeChangedPorts(service, before, dryRun, t)
      else await takeNewPorts(service, dryRun, t)
    }
    if (!needsHealthCheckPort(spec)) return
    if (!spec.healthCheckNodePort) spec.healthCheckNodePort = await anyPort(service, dryRun, t)
    else if (spec.healthCheckNodePort !== before?.healthCheckNodePort)
      await takeNodePort(service, 'spec.healthCheckNodePort', spec.healthCheckNodePort, dryRun, t)
  }

  const release = async (owner: Owner, spec: ServiceSpec | undefined, except: ServiceSpec | undefined): Promise<void> => {
    const keptIps = new Set(clusterIpsOf(except))
    const keptPorts = new Set(nodePortsOf(except))
    // The write is done; what cannot be given back now is found by the repair.
    for (const ip of clusterIpsOf(spec)) if (!keptIps.has(ip)) await ips.release(ip, owner).catch(() => undefined)
    for (const port of nodePortsOf(spec)) if (!keptPorts.has(port)) await ports.release(String(port), owner).catch(() => undefined)
  }

  return {
    begin: async (object, old, dryRun): Promise<Reservation> => {
      const service = object as Service
      const before = (old as Service | undefined)?.spec
      if (typeof (service.spec as unknown) !== 'object') return noReservation
      if (before) patchAllocatedValues(service.spec, before)
      normalizeClusterIps(service.spec, before)
      initFamilies(service, before, error => reject(service, error))
      const owner = toOwner(service)
      const t = new Transaction(owner)
      try {
        // An update only takes addresses when the Service had none by its type; any other change of them is the validation's to refuse.
        if (!before || !needsClusterIp(before)) await takeClusterIps(service, dryRun, t)
        await takeNodePorts(service, before, dryRun, t)
      } catch (error) {
        await t.rollback()
        throw error
      }
      if (dryRun) return noReservation
      return { commit: () => release(owner, before, service.spec), rollback: () => t.rollback() }
    },
    deleted: object => release(toOwner(object), (object as Service).spec, undefined),
  }
}
