// The addresses of Services, put together: claims, ranges, the hook that writes go through, the repair and its rhythm.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { repeat } from '../../base/repeat.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Store } from '../../store/store.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { AddressRange } from './address-range.ts'
import { type ClaimKind, createClaims } from './claims.ts'
import { repairAddresses, type Usage } from './repair.ts'
import { createServiceAddresses } from './service-addresses.ts'
import { clusterIpsOf, nodePortsOf, type Service } from './service-spec.ts'
import { createServiceRanges } from './service-ranges.ts'
import type { WriteHook } from './write-hooks.ts'

const managedBy = 'ipaddress.kubernetes.io/managed-by'
const allocator = 'ipallocator.k8s.io'
/** Upstream's rhythm. */
const repairEveryMs = 180_000

/** Ports have no kind of their own in the API; their claims are stored beside upstream's ranges. */
const portClaims: ClaimKind = { kind: 'NodePortClaim', apiVersion: 'v1', prefix: '/registry/ranges/nodeports/', labelsOf: () => undefined }

export interface ServiceAddresses {
  readonly hook: WriteHook
  /** As of the last repair. */
  readonly usage: Usage
  /** Claims what stored Services use, then looks again now and then. */
  start(): Promise<void>
  /** What a Service is about to hold that is written past the hook. Taken by another it stays so, and the repair tells. */
  claim(service: KubeObject): Promise<void>
  stop(): void
}

export const createAddresses = (
  { store, table, clock, log }: { store: Store; table: ResourceTable; clock: Clock; log: Logger },
  range: AddressRange,
  nodePorts: { readonly first: number; readonly last: number },
): ServiceAddresses => {
  const services = table.stored('services')
  const addressRecord = table.stored('ipaddresses.networking.k8s.io')
  const ips = createClaims(store, clock, {
    kind: addressRecord.record.kind,
    apiVersion: addressRecord.record.apiVersion,
    prefix: addressRecord.prefixOf(''),
    labelsOf: () => ({ 'ipaddress.kubernetes.io/ip-family': 'IPv4', [managedBy]: allocator }),
  })
  const ports = createClaims(store, clock, portClaims)
  const cidrs = table.stored('servicecidrs.networking.k8s.io')
  const ranges = createServiceRanges(store, cidrs.prefixOf(''), range)
  let usage: Usage = { ips: 0, ports: 0 }
  let stopped = false
  let cancel: () => void = () => undefined
  const repair = async (): Promise<void> => {
    usage = await repairAddresses({ store, clock, log, services: services.prefixOf(''), ips, ports, isOurs: claim => claim.labels[managedBy] === allocator })
  }
  return {
    hook: createServiceAddresses({ record: services.record, ips, ports, ranges, nodePorts }),
    get usage() {
      return usage
    },
    start: async () => {
      await store.register({ prefix: portClaims.prefix, namespaced: false, fieldsOf: () => ({}) })
      await repair()
      if (!stopped) cancel = repeat(clock, repairEveryMs, repair, err => log.warn({ err }, 'service addresses could not be repaired'))
    },
    claim: async service => {
      const { metadata, spec } = service as Service
      const owner = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
      for (const ip of clusterIpsOf(spec)) await ips.take(ip, owner)
      for (const port of nodePortsOf(spec)) await ports.take(String(port), owner)
    },
    stop: () => {
      stopped = true
      cancel()
    },
  }
}
