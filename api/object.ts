// What every stored object has, and how it is addressed.
import type { ObjectMeta } from './types/meta-v1.ts'

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** `v1` for the core group, else `group/version`. */
export const toApiVersion = (g: { group: string; version: string }): string => (g.group ? `${g.group}/${g.version}` : g.version)

export const parseApiVersion = (apiVersion: string): { group: string; version: string } => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** The key of work queues and informers: `namespace/name`, or `name` for what has no namespace. */
export const objectKey = (o: { metadata: { namespace?: string; name?: string } }): string =>
  o.metadata.namespace ? `${o.metadata.namespace}/${o.metadata.name ?? ''}` : (o.metadata.name ?? '')

export const splitKey = (key: string): { namespace?: string; name: string } => {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
