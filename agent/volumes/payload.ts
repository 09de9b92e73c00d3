// The files that ConfigMaps, Secrets and the downward API put into a volume: pure.
import type { ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, Secret } from '../../api/types/core-v1.ts'
import { readField, readResource, type PodFacts } from '../pod-config/field-ref.ts'
import type { VolumeFile } from './atomic-writer.ts'
import { VolumeError } from './types.ts'

export const toConfigMapData = ({ data = {}, binaryData = {} }: ConfigMap): Map<string, Buffer> =>
  new Map([
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value)] as const),
    ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const),
  ])

export const toSecretData = ({ data = {} }: Secret): Map<string, Buffer> =>
  new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]))

export interface Source {
  /** For messages: `configmap "web"`. */
  readonly what: string
  /** null: the object is not there. */
  readonly data: ReadonlyMap<string, Buffer> | null
  readonly items?: readonly KeyToPath[]
  readonly optional?: boolean
}

/** Adds a source's files to `into`; later sources win. */
export const addSource = (into: Map<string, VolumeFile>, { what, data, items, optional }: Source, defaultMode: number): void => {
  if (!data) {
    if (optional) return
    throw new VolumeError(`${what} not found`)
  }
  if (!items?.length) {
    for (const [key, bytes] of data) into.set(key, { data: bytes, mode: defaultMode })
    return
  }
  for (const { key, path, mode } of items) {
    const bytes = data.get(key)
    if (bytes) into.set(cleanPath(path), { data: bytes, mode: mode ?? defaultMode })
    else if (!optional) throw new VolumeError(`references non-existent ${what.split(' ', 1)[0] === 'secret' ? 'secret' : 'config'} key: ${key}`)
  }
}

export const addDownward = (into: Map<string, VolumeFile>, pod: Pod, items: readonly DownwardAPIVolumeFile[], facts: PodFacts, defaultMode: number): void => {
  for (const { path, fieldRef, resourceFieldRef, mode } of items) {
    let text: string | undefined
    if (fieldRef) text = readField(pod, fieldRef.fieldPath, facts)
    else if (resourceFieldRef) {
      const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(c => c.name === resourceFieldRef.containerName)
      text = container && readResource(container, resourceFieldRef, facts)
    }
    if (text === undefined) throw new VolumeError(`downwardAPI item ${path}: unsupported field ${fieldRef?.fieldPath ?? resourceFieldRef?.resource}`)
    into.set(cleanPath(path), { data: Buffer.from(text), mode: mode ?? defaultMode })
  }
}

/** Validated by the API server; checked again because a file outside of the volume would be the node's. */
export const cleanPath = (path: string): string => {
  const parts = path.split('/').filter(part => part && part !== '.')
  if (path.startsWith('/') || !parts.length || parts.includes('..') || parts[0]!.startsWith('..')) throw new VolumeError(`invalid path ${JSON.stringify(path)}`)
  return parts.join('/')
}
