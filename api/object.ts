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

export const parseApiVersion = (apiVersion: string): { group: string; version: string } => {
  const [first = '', second, third] = apiVersion.split('/')
  if (third !== undefined) return { group: '', version: '' }
  return second === undefined ? { group: '', version: first } : { group: first, version: second }
}

/** The key of work queues and informers: `namespace/name`, or `name` for what has no namespace. */
export const objectKey = (o: { metadata: { namespace?: string; name?: string } }): string =>
  o.metadata.namespace ? `${o.metadata.namespace}/${o.metadata.name ?? ''}` : (o.metadata.name ?? '')
