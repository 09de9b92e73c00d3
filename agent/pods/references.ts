// ConfigMaps and Secrets that pods on this node refer to: one watch per object, for as long as a pod uses it.
import { configMaps } from '../../api/kinds/core/config-map.ts'
import { secrets } from '../../api/kinds/core/secret.ts'
import type { KubeObject } from '../../api/object.ts'
import type { ConfigMap, Secret } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { createInformerFactory } from '../../client/informer.ts'
import type { ApiClient, Informer } from '../../client/types.ts'

interface Entry {
  informer: Informer<KubeObject>
  users: Set<string>
  controller: AbortController
}

const kinds = { configMap: configMaps, secret: secrets } as const
export type ReferenceKind = keyof typeof kinds
type ObjectOf<K extends ReferenceKind> = K extends 'configMap' ? ConfigMap : Secret

/** The object could not be looked up in time; asked again later it may be. */
export class ReferenceTimeoutError extends Error {
  constructor(kind: ReferenceKind) {
    super(`failed to sync ${kind.toLowerCase()} cache: timed out waiting for the condition`)
    this.name = 'ReferenceTimeoutError'
  }
}

export interface References {
  /** The current object or null; the first look may take a while and throws ReferenceTimeoutError after `timeoutMs`. */
  get<K extends ReferenceKind>(kind: K, namespace: string, name: string, user: string): Promise<ObjectOf<K> | null>
  /** The pod needs none of its objects any more. */
  release(user: string): void
  close(): void
}

const timeoutMs = 10_000

export const createReferences = (client: ApiClient | undefined, deps: { log: Logger; clock: Clock; changed: (user: string) => void }): References => {
  const entries = new Map<string, Entry>()
  const open = (kind: ReferenceKind, namespace: string, name: string): Entry => {
    const controller = new AbortController()
    const factory = createInformerFactory(client!, deps)
    const informer = factory.of<KubeObject>(kinds[kind], { namespace, fieldSelector: `metadata.name=${name}` })
    const entry: Entry = { informer, users: new Set(), controller }
    const tell = (): void => {
      for (const user of entry.users) deps.changed(user)
    }
    informer.on({
      add: (_object, initial) => {
        if (!initial) tell()
      },
      update: tell,
      delete: tell,
    })
    factory.start(controller.signal)
    return entry
  }
  return {
    async get<K extends ReferenceKind>(kind: K, namespace: string, name: string, user: string) {
      if (!client || !name) return null
      const key = `${kind}/${namespace}/${name}`
      let entry = entries.get(key)
      if (!entry) entries.set(key, (entry = open(kind, namespace, name)))
      entry.users.add(user)
      if (!entry.informer.hasSynced()) {
        const late = Promise.withResolvers<never>()
        const cancel = deps.clock.after(timeoutMs, () => late.reject(new ReferenceTimeoutError(kind)))
        await Promise.race([entry.informer.synced, late.promise]).finally(cancel)
      }
      return entry.informer.get(`${namespace}/${name}`) ?? null
    },
    release(user) {
      for (const [key, { users, controller }] of entries) {
        if (!users.delete(user) || users.size) continue
        entries.delete(key)
        controller.abort()
      }
    },
    close() {
      for (const { controller } of entries.values()) controller.abort()
      entries.clear()
    },
  }
}
