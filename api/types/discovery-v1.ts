// Generated from api/schema/discovery.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { ObjectReference } from './core-v1.ts'
import type { ListMeta, ObjectMeta } from './meta-v1.ts'

export interface Endpoint {
  addresses: string[]
  conditions?: EndpointConditions
  deprecatedTopology?: Record<string, string>
  hints?: EndpointHints
  hostname?: string
  nodeName?: string
  targetRef?: ObjectReference
  zone?: string
}

export interface EndpointConditions {
  ready?: boolean
  serving?: boolean
  terminating?: boolean
}

export interface EndpointHints {
  forNodes?: ForNode[]
  forZones?: ForZone[]
}

export interface EndpointPort {
  appProtocol?: string
  name?: string
  port?: number
  protocol?: string
}

export interface EndpointSlice {
  addressType: string
  apiVersion: string
  endpoints?: Endpoint[]
  kind: string
  metadata: ObjectMeta
  ports?: EndpointPort[]
}

export interface EndpointSliceList {
  apiVersion: string
  items: EndpointSlice[]
  kind: string
  metadata: ListMeta
}

export interface ForNode {
  name: string
}

export interface ForZone {
  name: string
}
