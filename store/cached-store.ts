// The Store over any Backend: writes go through, reads come from a tree per resource that one watch keeps current.
//
//   snapshot ──▶ live ──(history lost: compacted, restored, another cluster)──▶ empty ──▶ snapshot …
//                  └─ every revision: apply to the trees and histories, then advance the gate, then hand to the watches
import { backoffDelayMs } from '../base/backoff.ts'
import { sleep, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { KubeObject } from '../api/object.ts'
import type { Backend, BackendWatch, RawEvent, RawValue, WriteResult } from './backend.ts'
import type { Compactor } from './compactor.ts'
import { atRevision, toContent } from './entry.ts'
import { trimHistories, type HistoryBudget } from './history.ts'
import { KeySpace } from './key-space.ts'
import { OwnWrites } from './own-writes.ts'
import type { ResourceCache } from './resource-cache.ts'
import { RevisionGate, SharedRead } from './revision-gate.ts'
import {
  StoreError,
  type Entry,
  type Freshness,
  type ListOptions,
  type ListResult,
  type Store,
  type StoredResource,
  type StoreWatch,
  type WatchHandler,
} from './store.ts'
import type { Transformer } from './transformer.ts'
import { reasonOf, ValueCodec } from './value-codec.ts'

export interface CachedStoreConfig {
  /** Put before every key in the backend, so that several clusters can share one; without a trailing slash. */
  readonly keyPrefix: string
  /** What is held in memory; other keys only advance the revision. */
  readonly keySpace: string
  readonly readTimeoutMs: number
  /** So many revisions of the past are read when the store starts, where the database has them: watches from before a restart go on. */
  readonly replayRevisions: number
  readonly history: HistoryBudget
}

export const defaultCachedStoreConfig: CachedStoreConfig = {
  keyPrefix: '',
  keySpace: '/registry/',
  readTimeoutMs: 3_000,
  replayRevisions: 1_000,
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

/** A replay of the past in which nothing comes for so long has failed. More than a busy process may be late: to begin anew costs it more still. */
const replayStallMs = 15_000

const reloadBackoff = { baseMs: 100, maxMs: 5_000, jitter: 0.3 }

const endOf = (prefix: string): string => (prefix.endsWith('/') ? `${prefix.slice(0, -1)}0` : `${prefix}\0`)

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
  readonly #codec: ValueCodec
  readonly #keys: KeySpace
  readonly #log: Logger
  readonly #clock: Clock
  readonly #gate: RevisionGate
  readonly #sharedRead: SharedRead
  readonly #own = new OwnWrites()
  #watch: BackendWatch | undefined
  readonly #stopped = new AbortController()
  #whyClosed = 'it has not been started'

  constructor(config: CachedStoreConfig, { backend, transformer, compactor, log, clock }: CachedStoreDeps) {
    this.#config = config
    this.#backend = backend
    this.#compactor = compactor
    this.#codec = new ValueCodec(config.keyPrefix, transformer)
    this.#keys = new KeySpace(config.keySpace, this.#codec, log)
    this.#log = log
    this.#clock = clock
    this.#gate = new RevisionGate(clock)
    this.#sharedRead = new SharedRead(() => this.#readRevision())
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#backend.start(signal)
    this.#whyClosed = 'it is still being filled'
    await this.#load(AbortSignal.any([signal, this.#stopped.signal]), this.#config.replayRevisions)
    this.#compactor?.start()
  }

  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return
    const error = new StoreError('Unavailable', 'the store has stopped')
    this.#stopped.abort(error)
    this.#compactor?.stop()
    this.#watch?.cancel()
    this.#whyClosed = 'the store has stopped'
    this.#gate.end(error)
    for (const cache of this.#keys.all()) cache.watchers.endAll(error)
    await this.#backend.stop()
  }

  register(resource: StoredResource): Promise<void> {
    return this.#keys.register(resource, () => this.observedRevision(), this.#clock.now())
  }

  unregister(prefix: string): void {
    this.#keys.unregister(prefix, this.observedRevision())
  }

  currentRevision(signal?: AbortSignal): Promise<number> {
    return unlessAborted(this.#sharedRead.get(), signal)
  }

  async get(key: string, freshness: Freshness, signal?: AbortSignal): Promise<Entry | undefined> {
    await this.#reach(freshness, signal)
    const cache = this.#keys.of(key)
    const entry = cache.treeFor(freshness).get(key)
    if (!entry) cache.assertReadable(key)
    return entry
  }

  async list(prefix: string, { freshness, startAfter, signal }: ListOptions): Promise<ListResult> {
    await this.#reach(freshness, signal)
    const tree = this.#keys.of(prefix).treeFor(freshness)
    const from = startAfter !== undefined && startAfter >= prefix ? `${startAfter}\0` : prefix
    const to = endOf(prefix)
    const revision = typeof freshness === 'object' && 'exactly' in freshness ? freshness.exactly : this.#gate.revision
    return { entries: tree.range(from, to), count: tree.count(from, to), revision }
  }

  async create(key: string, object: KubeObject, options: { ttlSeconds?: number } = {}): Promise<Entry> {
    const cache = this.#keys.of(key)
    const { result, finish } = await this.#put(cache, key, object, 0, options)
    if (!result.ok) throw new StoreError('Exists', `${key} exists already`, { key, ...this.#currentOf(cache, result.current) })
    return finish(result.revision, result.revision)
  }

  async update(key: string, object: KubeObject, expected: number, options: { ttlSeconds?: number } = {}): Promise<Entry> {
    const cache = this.#keys.of(key)
    const known = this.#cached(cache, key, expected)
    const { result, finish } = await this.#put(cache, key, object, expected, { ...options, wantPrevious: !known })
    if (!result.ok) throw this.#mismatch(cache, key, expected, result.current)
    return finish(result.revision, known?.createRevision ?? result.previous?.createRevision ?? 0)
  }

  async delete(key: string, expected: number): Promise<Entry> {
    const cache = this.#keys.of(key)
    const known = this.#cached(cache, key, expected)
    const result = await this.#backend.deleteIf(this.#codec.toBackend(key), expected, { wantPrevious: !known })
    if (!result.ok) throw this.#mismatch(cache, key, expected, result.current)
    const previous = known ?? (result.previous && this.#codec.decodeRaw(cache.resource, result.previous))
    if (previous === undefined || typeof previous === 'string') {
      throw new StoreError('Corrupt', `${key} is deleted, but its last value cannot be read: ${previous}`, { key })
    }
    return atRevision(previous, result.revision)
  }

  watch(prefix: string, after: number, handler: WatchHandler): StoreWatch {
    const { history, watchers } = this.#keys.of(prefix)
    if (this.#gate.revision < 0) throw new StoreError('Unavailable', `nothing can be watched: ${this.#whyClosed}`)
    const { floor } = history
    if (after < floor) throw new StoreError('Compacted', `too old resource version: ${after} (${floor})`, { revision: floor })
    return watchers.add(prefix, after, handler, history, this.#gate.revision)
  }

  count(prefix: string): number {
    return this.#keys.find(prefix)?.tree.count(prefix, endOf(prefix)) ?? 0
  }

  get databaseBytes(): number {
    return this.#backend.databaseBytes
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
    cache: ResourceCache,
    key: string,
    object: KubeObject,
    expected: number,
    options: { ttlSeconds?: number; wantPrevious?: boolean },
  ): Promise<{ result: WriteResult; finish: (revision: number, createRevision: number) => Entry }> {
    const content = toContent(object, cache.resource)
    const draft = this.#own.begin(key, content, this.#codec.encode(key, content))
    let answered = false
    try {
      const result = await this.#backend.putIf(this.#codec.toBackend(key), draft.stored, expected, options)
      answered = result.ok
      return {
        result,
        finish: (revision, createRevision) => this.#own.answered(draft, revision, createRevision, this.#gate.revision),
      }
    } finally {
      if (!answered) this.#own.drop(draft)
    }
  }

  #cached(cache: ResourceCache, key: string, revision: number): Entry | undefined {
    const entry = cache.tree.get(key)
    return entry?.revision === revision ? entry : undefined
  }

  #currentOf(cache: ResourceCache, current: RawValue | undefined): { current?: Entry } {
    if (!current) return {}
    const cached = this.#cached(cache, this.#codec.fromBackend(current.key), current.revision)
    const entry = cached ?? this.#codec.decodeRaw(cache.resource, current)
    return typeof entry === 'string' ? {} : { current: entry }
  }

  #mismatch(cache: ResourceCache, key: string, expected: number, current: RawValue | undefined): StoreError {
    if (!current) return new StoreError('NotFound', `${key} is not there`, { key })
    const detail = { key, ...this.#currentOf(cache, current) }
    return new StoreError('Conflict', `${key} is at revision ${current.revision}, not ${expected}`, detail)
  }

  // ---- reading

  async #readRevision(): Promise<number> {
    const before = this.#gate.revision
    const revision = await this.#backend.revision()
    if (revision < before && this.#gate.revision >= before) this.#lose(`the database went back from revision ${before} to ${revision}: it was restored`)
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
    await this.#gate.reach(wanted, timeoutMs, () => this.#lateError(wanted, freshness), signal)
  }

  #lateError(wanted: number, freshness: Freshness): StoreError {
    const seconds = this.#config.readTimeoutMs / 1000
    if (this.#gate.revision < 0) return new StoreError('Timeout', `the watch cache could not be filled within ${seconds} s: ${this.#whyClosed}`)
    const connection = this.#watch?.describe() ?? 'not connected'
    if (typeof freshness === 'object' && connection === 'connected') {
      return new StoreError('FutureRevision', `revision ${wanted} has not come within ${seconds} s; the newest is ${this.#gate.revision}`, {
        revision: this.#gate.revision,
      })
    }
    this.#watch?.refresh()
    return new StoreError(
      'Timeout',
      `revision ${wanted} has not reached the watch cache within ${seconds} s: it is at ${this.#gate.revision}, its watch is ${connection}`,
      { revision: this.#gate.revision },
    )
  }

  // ---- filling and following

  async #load(signal: AbortSignal, behind: number): Promise<void> {
    let failure: unknown
    // A getter, asked anew each time: an await lies between.
    const isAborted = (): boolean => signal.aborted
    for (let attempt = 0; !isAborted(); attempt++) {
      try {
        await this.#loadOnce(signal, behind)
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

  async #loadOnce(signal: AbortSignal, behind: number): Promise<void> {
    const intake = this.#keys.intake()
    const { revision, newest } = await this.#backend.snapshot(this.#codec.toBackend(this.#config.keySpace), values => intake.page(values), signal, behind)
    signal.throwIfAborted()
    intake.finish(revision)
    this.#gate.advance(revision)
    this.#watch = this.#backend.watch(revision, {
      onEvents: (events, at) => this.#onEvents(events, at),
      onLost: reason => this.#lose(reason),
    })
    try {
      // Nobody reads before the past has been made up for. However long that takes, it must go on.
      while (this.#gate.revision < newest) await this.#gate.reach(this.#gate.revision + 1, replayStallMs, () => this.#lateError(newest, 'consistent'), signal)
    } catch (error) {
      this.#watch.cancel()
      throw error
    }
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
    for (const cache of this.#keys.all()) cache.watchers.endAll(error)
    // From the newest on: what another history's revisions meant is not known.
    this.#load(this.#stopped.signal, 0).catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) this.#log.error({ err: error }, 'filling the watch cache failed')
    })
  }

  #onEvents(raw: readonly RawEvent[], revision: number): void {
    const nowMs = this.#clock.now()
    const changed = this.#keys.apply(raw, this.#own, nowMs)
    if (changed.size > 0) {
      const grown = [...changed.keys()]
      for (const { history, tree } of grown) history.endRevision(revision, tree)
      trimHistories(
        grown.map(c => c.history),
        this.#keys.all().map(c => c.history),
        this.#config.history,
        nowMs,
      )
    }
    this.#gate.advance(revision)
    for (const [cache, events] of changed) cache.watchers.deliver(events, revision)
  }
}
