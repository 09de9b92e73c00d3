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
  const [first = '', second, third] = apiVersion.split('/')
  if (third !== undefined) return { group: '', version: '' }
  return second === undefined ? { group: '', version: first } : { group: first, version: second }
}

/** The key of work queues and informers: `namespace/name`, or `name` for what has no namespace. */
export const objectKey = (o: { metadata: { namespace?: string; name?: string } }): string =>
  o.metadata.namespace ? `${o.metadata.namespace}/${o.metadata.name ?? ''}` : (o.metadata.name ?? '')

export const splitKey = (key: string): { namespace?: string; name: string } => {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
