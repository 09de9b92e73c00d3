// Generated from api/schema/apidiscovery.v2.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { GroupVersionKind, ListMeta, ObjectMeta } from './meta-v1.ts'

export interface APIGroupDiscovery {
  kind: string
  apiVersion: string
  metadata: ObjectMeta
  versions?: APIVersionDiscovery[]
}

export interface APIGroupDiscoveryList {
  kind: string
  apiVersion: string
  metadata: ListMeta
  items: APIGroupDiscovery[]
}

export interface APIResourceDiscovery {
  resource: string
  responseKind?: GroupVersionKind
  scope: string
  singularResource: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: APISubresourceDiscovery[]
}

export interface APISubresourceDiscovery {
  subresource: string
  responseKind?: GroupVersionKind
  acceptedTypes?: GroupVersionKind[]
  verbs: string[]
}

export interface APIVersionDiscovery {
  version: string
  resources?: APIResourceDiscovery[]
  freshness?: string
}
