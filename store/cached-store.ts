// The Store over any Backend: writes go through, reads come from a tree per resource that one watch keeps current.
//
//   snapshot ──▶ live ──(history lost: compacted, restored, another cluster)──▶ empty ──▶ snapshot …
//                  └─ every revision: apply to the trees and histories, then advance the gate, then hand to the watches
import { setImmediate as turn } from 'node:timers/promises'
import { backoffDelayMs } from '../base/backoff.ts'
import { sleep, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { KubeObject } from '../api/object.ts'
import type { Backend, BackendWatch, RawEvent, RawValue, WriteResult } from './backend.ts'
import type { Compactor } from './compactor.ts'
import { atRevision, createEntry, parseContent, storedValue, toContent } from './entry.ts'
import { History, HistoryEvent } from './history.ts'
import { OwnWrites } from './own-writes.ts'
import { RevisionGate, SharedRead } from './revision-gate.ts'
import {
  StoreError,
  type Entry,
  type Freshness,
  type ListOptions,
  type ListResult,
  type Store,
  type StoreEvent,
  type StoredResource,
  type StoreWatch,
  type WatchHandler,
} from './store.ts'
import type { Transformer } from './transformer.ts'
import { SortedTree } from './tree.ts'
import { Watchers } from './watchers.ts'

export interface CachedStoreConfig {
  /** Put before every key in the backend, so that several clusters can share one; without a trailing slash. */
  readonly keyPrefix: string
  /** What is held in memory; other keys only advance the revision. */
  readonly keySpace: string
  readonly readTimeoutMs: number
  readonly history: { readonly maxEventsPerResource: number; readonly maxBytes: number; readonly maxAgeMs: number }
}

export const defaultCachedStoreConfig: CachedStoreConfig = {
  keyPrefix: '',
  keySpace: '/registry/',
  readTimeoutMs: 3_000,
  // Twice the compaction interval in time; the bytes are what one busy resource may take.
  history: { maxEventsPerResource: 16_384, maxBytes: 32 * 2 ** 20, maxAgeMs: 10 * 60_000 },
}

export interface CachedStoreDeps {
  readonly backend: Backend
  readonly transformer: Transformer
  /** Runs while the store does. */
  readonly compactor?: Compactor
  readonly log: Logger
  readonly clock: Clock
}

/** A value without an entry: no resource is registered for it, or it cannot be read. `plain`: already decrypted. */
interface Dormant extends RawValue {
  readonly plain: boolean
  readonly fault?: string
}

interface ResourceState {
  readonly resource: StoredResource
  tree: SortedTree<Entry>
  history: History
  readonly watchers: Watchers
  /** Unreadable values under the prefix. */
  unreadable: Map<string, Dormant>
}

/** Longest stretch of parsing before other work gets its turn. */
const sliceMs = 5
const reloadBackoff = { baseMs: 100, maxMs: 5_000, jitter: 0.3 }

const endOf = (prefix: string): string => (prefix.endsWith('/') ? `${prefix.slice(0, -1)}0` : `${prefix}\0`)

const sorted = (entries: Entry[]): Entry[] => entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Rejects with the signal's reason as soon as it is aborted. */
const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise
  signal.throwIfAborted()
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort!)
  }
}

export class CachedStore implements Store {
  readonly #config: CachedStoreConfig
  readonly #backend: Backend
  readonly #compactor: Compactor | undefined
  readonly #transformer: Transformer
  readonly #log: Logger
  readonly #clock: Clock
  readonly #gate: RevisionGate
  readonly #sharedRead: SharedRead
  readonly #own = new OwnWrites()
  readonly #resources = new Map<string, ResourceState>()
  #dormant = new Map<string, Dormant>()
  #historyBytes = 0
  #watch: BackendWatch | undefined
  readonly #stopped = new AbortController()
  #whyClosed = 'it has not been started'

  constructor(config: CachedStoreConfig, { backend, transformer, compactor, log, clock }: CachedStoreDeps) {
    this.#config = config
    this.#backend = backend
    this.#compactor = compactor
    this.#transformer = transformer
    this.#log = log
    this.#clock = clock
    this.#gate = new RevisionGate(clock)
    this.#sharedRead = new SharedRead(() => this.#readRevision())
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#backend.start(signal)
    this.#whyClosed = 'it is still being filled'
    await this.#load(AbortSignal.any([signal, this.#stopped.signal]))
    this.#compactor?.start()
  }

  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return
    const error = new StoreError('Unavailable', 'the store has stopped')
    this.#stopped.abort(error)
    this.#compactor?.stop()
    this.#watch?.cancel()
    this.#whyClosed = 'the store has stopped'
    this.#gate.close()
    for (const state of this.#resources.values()) state.watchers.endAll(error)
    await this.#backend.stop()
  }

  async register(resource: StoredResource): Promise<void> {
    if (!resource.prefix.endsWith('/') || !resource.prefix.startsWith(this.#config.keySpace)) {
      throw new TypeError(
        `a resource's prefix lies under ${this.#config.keySpace} and ends with a slash, unlike ${resource.prefix}`,
      )
    }
    const fresh: ResourceState = {
      resource,
      tree: SortedTree.empty(),
      history: new History(0),
      watchers: new Watchers(resource.prefix, this.#log),
      unreadable: new Map(),
    }
    // Parse in slices what is there now; what changes meanwhile is parsed again in the one stretch that switches over.
    const parsed = new Map<string, Entry>()
    let sliceEnd = performance.now() + sliceMs
    for (const value of this.#valuesUnder(resource.prefix)) {
      const entry = this.#tryParse(resource, value)
      if (typeof entry !== 'string') parsed.set(value.key, entry)
      if (performance.now() < sliceEnd) continue
      await turn()
      sliceEnd = performance.now() + sliceMs
    }
    const entries: Entry[] = []
    for (const value of this.#valuesUnder(resource.prefix)) {
      const known = parsed.get(value.key)
      const entry = known?.revision === value.revision ? known : this.#parseOrReport(fresh, value)
      if (entry) entries.push(entry)
      this.#dormant.delete(value.key)
    }
    fresh.tree = SortedTree.from(sorted(entries))
    fresh.history = new History(Math.max(0, this.#gate.revision))
    const old = this.#resources.get(resource.prefix)
    this.#resources.set(resource.prefix, fresh)
    if (!old) return
    this.#historyBytes -= old.history.bytes
    old.watchers.endAll(new StoreError('Unavailable', `the schema of ${resource.prefix} has changed`))
  }

  unregister(prefix: string): void {
    const state = this.#resources.get(prefix)
    if (!state) return
    const values = this.#valuesUnder(prefix)
    this.#resources.delete(prefix)
    this.#historyBytes -= state.history.bytes
    for (const value of values) this.#dormant.set(value.key, value)
    state.watchers.endAll(new StoreError('NotFound', `${prefix} is no longer served`))
  }

  currentRevision(signal?: AbortSignal): Promise<number> {
    return unlessAborted(this.#sharedRead.get(), signal)
  }

  async get(key: string, freshness: Freshness, signal?: AbortSignal): Promise<Entry | undefined> {
    await this.#reach(freshness, signal)
    const state = this.#stateOf(key)
    const entry = this.#treeOf(state, freshness).get(key)
    const unreadable = entry ? undefined : state.unreadable.get(key)
    if (unreadable)
      throw new StoreError('Corrupt', `the value of ${key} cannot be read: ${unreadable.fault}`, {
        key,
        revision: unreadable.revision,
      })
    return entry
  }

  async list(prefix: string, { freshness, startAfter, signal }: ListOptions): Promise<ListResult> {
    await this.#reach(freshness, signal)
    const tree = this.#treeOf(this.#stateOf(prefix), freshness)
    const from = startAfter !== undefined && startAfter >= prefix ? `${startAfter}\0` : prefix
    const to = endOf(prefix)
    const revision = typeof freshness === 'object' && 'exactly' in freshness ? freshness.exactly : this.#gate.revision
    return { entries: tree.range(from, to), count: tree.count(from, to), revision }
  }

  async create(key: string, object: KubeObject, options: { ttlSeconds?: number } = {}): Promise<Entry> {
    const state = this.#stateOf(key)
    const { result, finish } = await this.#put(state, key, object, 0, options)
    if (!result.ok) throw new StoreError('Exists', `${key} exists already`, { key, ...this.#currentOf(state, result.current) })
    return finish(result.revision, result.revision)
  }

  async update(key: string, object: KubeObject, expected: number, options: { ttlSeconds?: number } = {}): Promise<Entry> {
    const state = this.#stateOf(key)
    const cached = state.tree.get(key)
    const known = cached?.revision === expected ? cached : undefined
    const { result, finish } = await this.#put(state, key, object, expected, { ...options, wantPrevious: !known })
    if (!result.ok) throw this.#mismatch(state, key, expected, result.current)
    return finish(result.revision, known?.createRevision ?? result.previous?.createRevision ?? 0)
  }

  async delete(key: string, expected: number): Promise<Entry> {
    const state = this.#stateOf(key)
    const cached = state.tree.get(key)
    const known = cached?.revision === expected ? cached : undefined
    const result = await this.#backend.deleteIf(this.#config.keyPrefix + key, expected, { wantPrevious: !known })
    if (!result.ok) throw this.#mismatch(state, key, expected, result.current)
    const previous = known ?? (result.previous && this.#tryParse(state.resource, { ...result.previous, key, plain: false }))
    if (previous === undefined || typeof previous === 'string') {
      throw new StoreError('Corrupt', `${key} is deleted, but its last value cannot be read: ${previous}`, {
        key,
        revision: result.revision,
      })
    }
    return atRevision(previous, result.revision)
  }

  watch(prefix: string, after: number, handler: WatchHandler): StoreWatch {
    const state = this.#stateOf(prefix)
    if (this.#gate.revision < 0) throw new StoreError('Unavailable', `nothing can be watched: ${this.#whyClosed}`)
    const { floor } = state.history
    if (after < floor) throw new StoreError('Compacted', `too old resource version: ${after} (${floor})`, { revision: floor })
    return state.watchers.add(prefix, after, handler, state.history, this.#gate.revision)
  }

  observedRevision(): number {
    return Math.max(0, this.#gate.revision)
  }

  async health(signal: AbortSignal): Promise<void> {
    await this.#backend.health(signal)
    if (this.#gate.revision < 0) throw new StoreError('Unavailable', `the watch cache is empty: ${this.#whyClosed}`)
  }

  // ---- writing

  async #put(
    state: ResourceState,
    key: string,
    object: KubeObject,
    expected: number,
    options: { ttlSeconds?: number; wantPrevious?: boolean },
  ): Promise<{
    result: WriteResult
    finish: (revision: number, createRevision: number) => Entry
  }> {
    const content = toContent(object, state.resource)
    const fullKey = this.#config.keyPrefix + key
    const draft = this.#own.begin(key, content, this.#transformer.toStorage(fullKey, content.json))
    let answered = false
    try {
      const result = await this.#backend.putIf(fullKey, draft.stored, expected, options)
      answered = result.ok
      return {
        result,
        finish: (revision, createRevision) => this.#own.answered(draft, revision, createRevision, this.#gate.revision),
      }
    } finally {
      if (!answered) this.#own.drop(draft)
    }
  }

  #currentOf(state: ResourceState, current: RawValue | undefined): { current?: Entry } {
    if (!current) return {}
    const key = current.key.slice(this.#config.keyPrefix.length)
    const cached = state.tree.get(key)
    const entry =
      cached?.revision === current.revision ? cached : this.#tryParse(state.resource, { ...current, key, plain: false })
    return typeof entry === 'string' ? {} : { current: entry }
  }

  #mismatch(state: ResourceState, key: string, expected: number, current: RawValue | undefined): StoreError {
    if (!current) return new StoreError('NotFound', `${key} is not there`, { key })
    return new StoreError('Conflict', `${key} is at revision ${current.revision}, not ${expected}`, {
      key,
      ...this.#currentOf(state, current),
    })
  }

  // ---- reading

  /** The resource that a key or a prefix lies in. Prefixes of resources do not nest. */
  #find(key: string): ResourceState | undefined {
    for (let slash = key.indexOf('/', this.#config.keySpace.length); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      const state = this.#resources.get(key.slice(0, slash + 1))
      if (state) return state
    }
    return undefined
  }

  #stateOf(key: string): ResourceState {
    const state = this.#find(key)
    if (!state) throw new StoreError('NotFound', `no resource is registered for ${key}`, { key })
    return state
  }

  #treeOf(state: ResourceState, freshness: Freshness): SortedTree<Entry> {
    if (typeof freshness !== 'object' || !('exactly' in freshness)) return state.tree
    const { floor } = state.history
    if (freshness.exactly < floor) {
      throw new StoreError('Compacted', `revision ${freshness.exactly} is no longer remembered (the oldest is ${floor})`, {
        revision: floor,
      })
    }
    return state.history.treeAt(freshness.exactly, state.tree)
  }

  async #readRevision(): Promise<number> {
    const before = this.#gate.revision
    const revision = await this.#backend.revision()
    if (revision < before && this.#gate.revision >= before)
      this.#lose(`the database went back from revision ${before} to ${revision}: it was restored`)
    return revision
  }

  async #reach(freshness: Freshness, signal: AbortSignal | undefined): Promise<void> {
    this.#stopped.signal.throwIfAborted()
    const beganMs = this.#clock.now()
    let wanted = 0
    if (freshness === 'consistent') wanted = await this.currentRevision(signal)
    else if (freshness !== 'any') wanted = 'atLeast' in freshness ? freshness.atLeast : freshness.exactly
    if (this.#gate.revision >= wanted) return
    const timeoutMs = Math.max(1, this.#config.readTimeoutMs - (this.#clock.now() - beganMs))
    await this.#gate.reach(
      wanted,
      timeoutMs,
      () => this.#lateError(wanted, freshness),
      AbortSignal.any(signal ? [signal, this.#stopped.signal] : [this.#stopped.signal]),
    )
  }

  #lateError(wanted: number, freshness: Freshness): StoreError {
    const seconds = this.#config.readTimeoutMs / 1000
    if (this.#gate.revision < 0)
      return new StoreError('Timeout', `the watch cache could not be filled within ${seconds} s: ${this.#whyClosed}`)
    const connection = this.#watch?.describe() ?? 'not connected'
    if (typeof freshness === 'object' && connection === 'connected') {
      return new StoreError(
        'FutureRevision',
        `revision ${wanted} has not come within ${seconds} s; the newest is ${this.#gate.revision}`,
        { revision: this.#gate.revision },
      )
    }
    this.#watch?.refresh()
    return new StoreError(
      'Timeout',
      `revision ${wanted} has not reached the watch cache within ${seconds} s: it is at ${this.#gate.revision}, its watch is ${connection}`,
      { revision: this.#gate.revision },
    )
  }

  // ---- filling and following

  /** Everything there is under a registered or unregistered prefix, as raw values. */
  #valuesUnder(prefix: string): Dormant[] {
    const state = this.#resources.get(prefix)
    const values: Dormant[] = []
    if (state) {
      values.push(...state.unreadable.values())
      for (const e of state.tree.range('', '\uffff'))
        values.push({ key: e.key, value: storedValue(e), revision: e.revision, createRevision: e.createRevision, plain: true })
    }
    for (const value of this.#dormant.values()) if (value.key.startsWith(prefix)) values.push(value)
    return values
  }

  /** The entry, or what is wrong with the value. */
  #tryParse(resource: StoredResource, value: Dormant): Entry | string {
    try {
      const plain = value.plain ? value.value : this.#transformer.fromStorage(this.#config.keyPrefix + value.key, value.value)
      return createEntry(value.key, parseContent(plain, resource), value.revision, value.createRevision)
    } catch (error) {
      return reasonOf(error)
    }
  }

  #parseOrReport(state: Pick<ResourceState, 'resource' | 'unreadable'>, value: Dormant): Entry | undefined {
    const entry = this.#tryParse(state.resource, value)
    if (typeof entry !== 'string') {
      state.unreadable.delete(value.key)
      return entry
    }
    // A copy: the value may be a slice of a whole page.
    state.unreadable.set(value.key, { ...value, value: Buffer.from(value.value), fault: entry })
    this.#log.error(
      { key: value.key, revision: value.revision, bytes: value.value.length, reason: entry },
      'a stored value cannot be read and is left out',
    )
    return undefined
  }

  async #load(signal: AbortSignal): Promise<void> {
    let failure: unknown
    // A getter, asked anew each time: an await lies between.
    const isAborted = (): boolean => signal.aborted
    for (let attempt = 0; !isAborted(); attempt++) {
      try {
        await this.#loadOnce(signal)
        return
      } catch (error) {
        if (isAborted()) break
        failure = error
        this.#whyClosed = reasonOf(error)
        this.#log.warn({ err: error, attempt }, 'the watch cache could not be filled; trying again')
        await sleep(this.#clock, backoffDelayMs(reloadBackoff, attempt), signal).catch(() => undefined)
      }
    }
    if (failure === undefined || this.#stopped.signal.aborted) throw signal.reason
    throw new StoreError('Unavailable', reasonOf(failure), { cause: failure })
  }

  async #loadOnce(signal: AbortSignal): Promise<void> {
    const { keyPrefix, keySpace } = this.#config
    const staged = new Map<string, { resource: StoredResource; entries: Entry[]; unreadable: Map<string, Dormant> }>()
    const dormant = new Map<string, Dormant>()
    const take = (raw: RawValue): void => {
      const value: Dormant = { ...raw, key: raw.key.slice(keyPrefix.length), plain: false }
      const state = this.#find(value.key)
      if (!state) {
        dormant.set(value.key, { ...value, value: Buffer.from(value.value) })
        return
      }
      const { resource } = state
      let stage = staged.get(resource.prefix)
      if (stage?.resource !== resource) {
        stage = { resource, entries: [], unreadable: new Map() }
        staged.set(resource.prefix, stage)
      }
      const entry = this.#parseOrReport(stage, value)
      if (entry) stage.entries.push(entry)
    }
    const { revision } = await this.#backend.snapshot(
      keyPrefix + keySpace,
      async values => {
        let sliceEnd = performance.now() + sliceMs
        for (const value of values) {
          take(value)
          if (performance.now() < sliceEnd) continue
          await turn()
          signal.throwIfAborted()
          sliceEnd = performance.now() + sliceMs
        }
      },
      signal,
    )
    signal.throwIfAborted()
    this.#dormant = dormant
    this.#historyBytes = 0
    for (const state of this.#resources.values()) this.#install(state, staged.get(state.resource.prefix), revision)
    this.#gate.advance(revision)
    this.#watch = this.#backend.watch(revision, {
      onEvents: (events, at) => this.#onEvents(events, at),
      onLost: reason => this.#lose(reason),
    })
  }

  #install(
    state: ResourceState,
    stage: { resource: StoredResource; entries: Entry[]; unreadable: Map<string, Dormant> } | undefined,
    revision: number,
  ): void {
    let entries: Entry[]
    if (stage?.resource === state.resource) {
      entries = stage.entries
      state.unreadable = stage.unreadable
    } else {
      // Registered while the snapshot came in.
      state.tree = SortedTree.empty()
      state.unreadable = new Map()
      entries = this.#valuesUnder(state.resource.prefix).flatMap(value => this.#parseOrReport(state, value) ?? [])
      for (const value of [...this.#dormant.keys()]) if (value.startsWith(state.resource.prefix)) this.#dormant.delete(value)
    }
    state.tree = SortedTree.from(sorted(entries))
    state.history = new History(revision)
  }

  /** The history was lost: everybody starts again from a new snapshot. */
  #lose(reason: string): void {
    if (this.#gate.revision < 0 || this.#stopped.signal.aborted) return
    this.#log.warn({ reason, revision: this.#gate.revision }, 'the watch cache is dropped and filled anew')
    this.#watch?.cancel()
    this.#watch = undefined
    this.#whyClosed = reason
    this.#gate.close()
    this.#own.forgetAnswered()
    const error = new StoreError('Compacted', `the watch cannot go on: ${reason}`)
    for (const state of this.#resources.values()) state.watchers.endAll(error)
    this.#load(this.#stopped.signal).catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) this.#log.error({ err: error }, 'filling the watch cache failed')
    })
  }

  #onEvents(raw: readonly RawEvent[], revision: number): void {
    const { keyPrefix, keySpace } = this.#config
    const changed = new Map<ResourceState, StoreEvent[]>()
    for (const event of raw) {
      if (!event.key.startsWith(keySpace, keyPrefix.length) || !event.key.startsWith(keyPrefix)) continue
      const key = keyPrefix === '' ? event.key : event.key.slice(keyPrefix.length)
      const state = this.#find(key)
      if (!state) {
        if (event.type === 'put')
          this.#dormant.set(key, {
            key,
            value: Buffer.from(event.value),
            revision,
            createRevision: event.createRevision,
            plain: false,
          })
        else this.#dormant.delete(key)
        continue
      }
      const applied = this.#apply(state, key, event)
      if (!applied) continue
      const others = changed.get(state)
      if (others) others.push(applied)
      else changed.set(state, [applied])
    }
    for (const state of changed.keys()) this.#endRevision(state, revision)
    this.#gate.advance(revision)
    for (const [state, events] of changed) state.watchers.deliver(events, revision)
  }

  #apply(state: ResourceState, key: string, event: RawEvent): StoreEvent | undefined {
    const previous = state.tree.get(key)
    let entry: Entry | undefined
    if (event.type === 'put') {
      entry = this.#own.echo(key, event.value, event.revision, event.createRevision)
      if (entry) state.unreadable.delete(key)
      else
        entry = this.#parseOrReport(state, {
          key,
          value: event.value,
          revision: event.revision,
          createRevision: event.createRevision,
          plain: false,
        })
    } else state.unreadable.delete(key)
    // A value that has become unreadable is gone for readers, as lists leave it out.
    if (!entry && !previous) return undefined
    const change = entry
      ? new HistoryEvent(previous ? 'MODIFIED' : 'ADDED', entry, previous, event.revision)
      : new HistoryEvent('DELETED', atRevision(previous!, event.revision), previous, event.revision)
    state.tree = entry ? state.tree.with(entry) : state.tree.without(key)
    this.#historyBytes -= state.history.bytes
    state.history.append(change, this.#clock.now())
    this.#historyBytes += state.history.bytes
    return change
  }

  #endRevision(state: ResourceState, revision: number): void {
    const { maxEventsPerResource, maxBytes, maxAgeMs } = this.#config.history
    const { history } = state
    history.endRevision(revision, state.tree)
    const oldestMs = this.#clock.now() - maxAgeMs
    while (history.count > maxEventsPerResource || (history.oldestAtMs !== undefined && history.oldestAtMs < oldestMs))
      this.#shift(history)
    while (this.#historyBytes > maxBytes) {
      let biggest = history
      for (const other of this.#resources.values()) if (other.history.bytes > biggest.bytes) biggest = other.history
      if (biggest.count === 0) return
      this.#shift(biggest)
    }
  }

  #shift(history: History): void {
    this.#historyBytes -= history.bytes
    history.shift()
    this.#historyBytes += history.bytes
  }
}
