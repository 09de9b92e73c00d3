// What the records are made of: the cluster as DNS sees it. The server answers from informers, tests from literals.
import type { Service } from '../../api/types/core-v1.ts'
import type { EndpointSlice } from '../../api/types/discovery-v1.ts'

export interface ClusterView {
  service(namespace: string, name: string): Service | undefined
  /** Slices that carry the Service's name. */
  slices(namespace: string, name: string): readonly EndpointSlice[]
  hasNamespace(name: string): boolean
  /** Services that have this cluster IP. */
  servicesByAddress(address: string): readonly Service[]
  /** Slices that hold an endpoint with this address. */
  slicesByAddress(address: string): readonly EndpointSlice[]
}

export interface Zone {
  /** Lower case, without the last dot: cluster.local. */
  readonly domain: string
  readonly ttl: number
  /** Address of the DNS server itself. */
  readonly address: string
  readonly serviceCidr: string
  readonly clusterCidr: string
}

export interface RecordData {
  readonly name: string
  readonly type: 'A' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'SOA' | 'NS'
  readonly ttl: number
  readonly data: unknown
}

export type Rcode = 'NOERROR' | 'NXDOMAIN'

/** `elsewhere`: the name is not ours; ask the host's resolvers. */
export type Resolution =
  | { readonly kind: 'elsewhere' }
  | {
      readonly kind: 'answer'
      readonly rcode: Rcode
      readonly answers: readonly RecordData[]
      readonly additionals: readonly RecordData[]
      readonly authorities: readonly RecordData[]
    }
