// Generated from api/schema/node.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { Toleration } from './core-v1.ts'
import type { ListMeta, ObjectMeta } from './meta-v1.ts'

export interface Overhead {
  podFixed?: Record<string, string>
}

export interface RuntimeClass {
  kind: string
  apiVersion: string
  metadata: ObjectMeta
  handler: string
  overhead?: Overhead
  scheduling?: Scheduling
}

export interface RuntimeClassList {
  kind: string
  apiVersion: string
  metadata: ListMeta
  items: RuntimeClass[]
}

export interface Scheduling {
  nodeSelector?: Record<string, string>
  tolerations?: Toleration[]
}
