// Local copies of lists, kept current by reflectors, with indices and handlers. Objects are frozen and shared: writers copy.
import { deepFreeze } from '../api/deep-freeze.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import type { Resource } from '../api/resource.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { runReflector } from './reflector.ts'
import type { ApiClient, Informer, InformerFactory, InformerHandler } from './types.ts'

interface Index<T> {
  readonly values: (object: T) => readonly string[]
  readonly byValue: Map<string, Map<string, T>>
}

/** The store behind one informer: objects by key, indices, and telling handlers what changed. */
class Cache<T extends KubeObject> implements Informer<T> {
  readonly resource: Resource<T>
  readonly synced: Promise<void>
  readonly #log: Logger
  readonly #objects = new Map<string, T>()
  readonly #indices = new Map<string, Index<T>>()
  readonly #handlers = new Set<InformerHandler<T>>()
  readonly #markSynced: () => void
  #hasSynced = false

  constructor(resource: Resource<T>, log: Logger) {
    this.resource = resource
    this.#log = log
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.synced = promise
    this.#markSynced = () => resolve(undefined)
    if (resource.namespaced) this.addIndex('namespace', o => [o.metadata.namespace ?? ''])
  }

  hasSynced(): boolean {
    return this.#hasSynced
  }
  get(key: string): T | undefined {
    return this.#objects.get(key)
  }
  list(namespace?: string): T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex('namespace', namespace)
  }
  byIndex(index: string, value: string): T[] {
    const found = this.#indices.get(index)
    if (!found) throw new Error(`the informer of ${this.resource.id} has no index "${index}"`)
    const objects = found.byValue.get(value)
    return objects ? [...objects.values()] : []
  }
  addIndex(name: string, values: (object: T) => readonly string[]): void {
    if (this.#indices.has(name)) return
    const index: Index<T> = { values, byValue: new Map() }
    this.#indices.set(name, index)
    for (const [key, object] of this.#objects) this.#enter(index, key, object)
  }
  on(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler)
    for (const object of this.#objects.values()) this.#tell(handler, h => h.add?.(object, true))
    return () => void this.#handlers.delete(handler)
  }

  /** A new list: what is missing in it was deleted, what differs changed. Yields now and then, so that a long list stalls nobody. */
  async replace(items: readonly T[]): Promise<void> {
    const initial = !this.#hasSynced
    const seen = new Set<string>()
    let count = 0
    for (const object of items) {
      seen.add(objectKey(object))
      this.#put(deepFreeze(object), initial)
      if (++count % 500 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    for (const [key, object] of this.#objects) if (!seen.has(key)) this.#remove(key, object)
    this.#hasSynced = true
    this.#markSynced()
  }
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    deepFreeze(object)
    if (type === 'DELETED') this.#remove(objectKey(object), object)
    else this.#put(object, false)
  }

  #put(object: T, initial: boolean): void {
    const key = objectKey(object)
    const old = this.#objects.get(key)
    if (old?.metadata.uid !== undefined && old.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew while we were not looking: two objects, not one that changed.
      this.#remove(key, old)
      this.#put(object, initial)
      return
    }
    if (old && old.metadata.resourceVersion === object.metadata.resourceVersion) return
    this.#objects.set(key, object)
    for (const index of this.#indices.values()) {
      if (old) this.#leave(index, key, old)
      this.#enter(index, key, object)
    }
    for (const handler of this.#handlers) this.#tell(handler, h => (old ? h.update?.(object, old) : h.add?.(object, initial)))
  }
  #remove(key: string, last: T): void {
    const old = this.#objects.get(key)
    if (!old) return
    this.#objects.delete(key)
    for (const index of this.#indices.values()) this.#leave(index, key, old)
    for (const handler of this.#handlers) this.#tell(handler, h => h.delete?.(last))
  }
  #enter(index: Index<T>, key: string, object: T): void {
    for (const value of index.values(object)) {
      const objects = index.byValue.get(value)
      if (objects) objects.set(key, object)
      else index.byValue.set(value, new Map([[key, object]]))
    }
  }
  #leave(index: Index<T>, key: string, object: T): void {
    for (const value of index.values(object)) {
      const objects = index.byValue.get(value)
      if (objects?.delete(key) && objects.size === 0) index.byValue.delete(value)
    }
  }
  #tell(handler: InformerHandler<T>, call: (handler: InformerHandler<T>) => void): void {
    try {
      call(handler)
    } catch (error) {
      this.#log.error({ err: error, resource: this.resource.id }, 'a handler of the informer threw; the others go on')
    }
  }
}

export const createInformerFactory = (client: ApiClient, { log, clock }: { log: Logger; clock: Clock }): InformerFactory => {
  const informers = new Map<string, { cache: Informer<KubeObject>; run: (signal: AbortSignal) => void }>()
  let running: AbortSignal | undefined
  return {
    of<T extends KubeObject>(
      resource: Resource<T>,
      { namespace, labelSelector, fieldSelector }: { namespace?: string; labelSelector?: string; fieldSelector?: string } = {},
    ): Informer<T> {
      const id = JSON.stringify([resource.id, resource.version, namespace, labelSelector, fieldSelector])
      const known = informers.get(id)
      if (known) return known.cache as unknown as Informer<T>
      const cache = new Cache(resource, log)
      const selectors = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
      const run = (signal: AbortSignal): void =>
        void runReflector({ client: client.of(resource, namespace), what: resource.id, selectors, target: cache, log, clock }, signal)
      informers.set(id, { cache: cache as unknown as Informer<KubeObject>, run })
      if (running) run(running)
      return cache
    },
    start(signal) {
      if (running) return
      running = signal
      for (const { run } of informers.values()) run(signal)
    },
    async synced(signal) {
      const all = Promise.all([...informers.values()].map(i => i.cache.synced))
      if (!signal) {
        await all
        return
      }
      signal.throwIfAborted()
      const { promise, reject } = Promise.withResolvers<never>()
      const onAbort = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await Promise.race([all, promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}
