// Everything the store holds in memory, by key: the registered resources, and the values that no resource claims yet.
import { inSlices } from '../base/in-slices.ts'
import type { Logger } from '../base/log.ts'
import type { RawEvent, RawValue } from './backend.ts'
import { type DormantChange, DormantHistory, undo } from './dormant-history.ts'
import { OwnWrites } from './own-writes.ts'
import { emptyStage, ResourceCache, type Staged } from './resource-cache.ts'
import { StoreError, type Entry, type StoreEvent, type StoredResource } from './store.ts'
import type { Dormant, ValueCodec } from './value-codec.ts'

/** Takes a snapshot in, page by page; nothing is visible before `finish`. */
export interface SnapshotIntake {
  page(values: readonly RawValue[]): Promise<void>
  finish(revision: number): void
}

/** Lets a resource see once more what happened to its values before it was registered. */
const replay = (cache: ResourceCache, changes: readonly DormantChange[], nowMs: number): void => {
  const none = new OwnWrites()
  for (const { key, event } of changes) {
    cache.apply(key, event, none, nowMs)
    cache.history.endRevision(event.revision, cache.tree)
  }
}

export class KeySpace {
  /** What keys begin with; all others only advance the revision. */
  readonly #root: string
  readonly #codec: ValueCodec
  readonly #log: Logger
  readonly #resources = new Map<string, ResourceCache>()
  #dormant = new Map<string, Dormant>()
  readonly #past = new DormantHistory()

  constructor(root: string, codec: ValueCodec, log: Logger) {
    this.#root = root
    this.#codec = codec
    this.#log = log
  }

  all(): ResourceCache[] {
    return [...this.#resources.values()]
  }

  /** The resource that a key or a prefix lies in; prefixes of resources do not nest. Throws NotFound. */
  of(key: string): ResourceCache {
    const cache = this.find(key)
    if (!cache) throw new StoreError('NotFound', `no resource is registered for ${key}`, { key })
    return cache
  }

  /**
   * `revision` answers what is current when it is called. The history of a resource that was registered already begins there; that of a new
   * one as far back as its values' changes are remembered.
   */
  async register(resource: StoredResource, revision: () => number, nowMs: number): Promise<void> {
    const { prefix } = resource
    if (!prefix.endsWith('/') || !prefix.startsWith(this.#root)) {
      throw new TypeError(`a resource's prefix lies under ${this.#root} and ends with a slash, unlike ${prefix}`)
    }
    const fresh = new ResourceCache(resource, this.#codec, this.#log)
    // Parse in slices what is there now; what changes meanwhile is parsed again in the one stretch that switches over.
    const early = new Map<string, Entry>()
    await inSlices(this.#valuesUnder(prefix), value => {
      const entry = this.#codec.decode(resource, value)
      if (typeof entry !== 'string') early.set(value.key, entry)
    })
    const old = this.#resources.get(prefix)
    const now = this.#valuesUnder(prefix)
    const changes = this.#past.take(prefix)
    const stage = emptyStage()
    for (const value of undo(now, changes)) {
      const known = early.get(value.key)
      if (known?.revision === value.revision) stage.entries.push(known)
      else fresh.stage(stage, value)
    }
    for (const { key } of now) this.#dormant.delete(key)
    fresh.install(stage, old ? revision() : this.#past.floor)
    replay(fresh, changes, nowMs)
    this.#resources.set(prefix, fresh)
    old?.watchers.endAll(new StoreError('Unavailable', `the schema of ${prefix} has changed`))
  }

  unregister(prefix: string, revision: number): void {
    const cache = this.#resources.get(prefix)
    if (!cache) return
    this.#resources.delete(prefix)
    // What happened to its values until now was not noted here.
    this.#past.reset(revision)
    for (const value of cache.values()) this.#dormant.set(value.key, value)
    cache.watchers.endAll(new StoreError('NotFound', `${prefix} is no longer served`))
  }

  intake(): SnapshotIntake {
    const stages = new Map<ResourceCache, Staged>()
    const dormant = new Map<string, Dormant>()
    const take = (raw: RawValue): void => {
      const value: Dormant = { ...raw, key: this.#codec.fromBackend(raw.key), plain: false }
      const cache = this.find(value.key)
      if (!cache) {
        dormant.set(value.key, { ...value, value: Buffer.from(value.value) })
        return
      }
      let stage = stages.get(cache)
      if (!stage) stages.set(cache, (stage = emptyStage()))
      cache.stage(stage, value)
    }
    return {
      page: values => inSlices(values, take),
      finish: revision => {
        this.#dormant = dormant
        this.#past.reset(revision)
        for (const [cache, stage] of stages) {
          // Registered anew or gone since its values came in: they wait, and the new one takes them below.
          if (this.#resources.get(cache.resource.prefix) === cache) continue
          cache.install(stage, revision)
          for (const value of cache.values()) dormant.set(value.key, value)
          stages.delete(cache)
        }
        for (const cache of this.#resources.values()) cache.install(stages.get(cache) ?? this.#claim(cache), revision)
      },
    }
  }

  /** The events of one revision; answers what readers see of them. */
  apply(raw: readonly RawEvent[], own: OwnWrites, nowMs: number): Map<ResourceCache, StoreEvent[]> {
    const changed = new Map<ResourceCache, StoreEvent[]>()
    for (const event of raw) {
      if (!event.key.startsWith(this.#codec.toBackend(this.#root))) continue
      const key = this.#codec.fromBackend(event.key)
      const cache = this.find(key)
      if (!cache) {
        this.#keepDormant(key, event)
        continue
      }
      const change = cache.apply(key, event, own, nowMs)
      if (!change) continue
      const others = changed.get(cache)
      if (others) others.push(change)
      else changed.set(cache, [change])
    }
    return changed
  }

  find(key: string): ResourceCache | undefined {
    for (let slash = key.indexOf('/', this.#root.length); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      const cache = this.#resources.get(key.slice(0, slash + 1))
      if (cache) return cache
    }
    return undefined
  }

  #keepDormant(key: string, event: RawEvent): void {
    const previous = this.#dormant.get(key)
    if (event.type === 'delete') {
      this.#dormant.delete(key)
      this.#past.append({ key, event, previous })
      return
    }
    // A copy: the value may be a slice of a whole batch.
    const value = Buffer.from(event.value)
    this.#dormant.set(key, { ...event, key, value, plain: false })
    this.#past.append({ key, event: { ...event, value }, previous })
  }

  #valuesUnder(prefix: string): Dormant[] {
    const values = this.#resources.get(prefix)?.values() ?? []
    for (const value of this.#dormant.values()) if (value.key.startsWith(prefix)) values.push(value)
    return values
  }

  /** Takes from the dormant values what is the resource's. */
  #claim(cache: ResourceCache): Staged {
    const stage = emptyStage()
    for (const value of [...this.#dormant.values()]) {
      if (!value.key.startsWith(cache.resource.prefix)) continue
      cache.stage(stage, value)
      this.#dormant.delete(value.key)
    }
    return stage
  }
}
