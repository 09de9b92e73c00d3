// Generated from api/schema/coordination.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { ListMeta, ObjectMeta } from './meta-v1.ts'

export interface Lease {
  kind: string
  apiVersion: string
  metadata: ObjectMeta
  spec: LeaseSpec
}

export interface LeaseList {
  kind: string
  apiVersion: string
  metadata: ListMeta
  items: Lease[]
}

export interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
  strategy?: string
  preferredHolder?: string
}
