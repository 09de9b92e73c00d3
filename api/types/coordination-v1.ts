// Generated from api/schema/coordination.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { ListMeta, ObjectMeta } from './meta-v1.ts'

export interface Lease {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  spec: LeaseSpec
}

export interface LeaseList {
  apiVersion: string
  items: Lease[]
  kind: string
  metadata: ListMeta
}

export interface LeaseSpec {
  acquireTime?: string
  holderIdentity?: string
  leaseDurationSeconds?: number
  leaseTransitions?: number
  preferredHolder?: string
  renewTime?: string
  strategy?: string
}
