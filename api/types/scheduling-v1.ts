// Generated from api/schema/scheduling.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { ListMeta, ObjectMeta } from './meta-v1.ts'

export interface PriorityClass {
  kind: string
  apiVersion: string
  metadata: ObjectMeta
  value?: number
  globalDefault?: boolean
  description?: string
  preemptionPolicy?: string
}

export interface PriorityClassList {
  kind: string
  apiVersion: string
  metadata: ListMeta
  items: PriorityClass[]
}
