// The Store interface: versioned objects in one key space, read from memory, written through to the backend, watched as bytes.
// Implemented by store/cached-store.ts over a Backend (etcd or memory); both pass test/contract/store.
import type { KubeObject } from '../api/object.ts'

/** One object at one revision. Immutable; shared by all readers. */
export interface Entry {
  readonly key: string
  /** Store revision of the last write: the object's resourceVersion. */
  readonly revision: number
  readonly createRevision: number
  /** Canonical JSON without metadata.resourceVersion; kind and apiVersion come first. */
  readonly json: Buffer
  /** Offset of the first byte after kind, apiVersion and their commas: where an item of a typed list continues after its `{`. */
  readonly itemAt: number
  /** Offset at which `"resourceVersion":"…",` is spliced in (just after `"metadata":{`). */
  readonly spliceAt: number
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Selectable fields by path, metadata.name and metadata.namespace included. */
  readonly fields: Readonly<Record<string, string>>
  /** The wire form: JSON with resourceVersion, without a trailing newline. Concatenated on each call, which costs no more than a copy. */
  wire(): Buffer
  /** Deeply frozen, resourceVersion included; the same object for all who use it at the same time. */
  object(): KubeObject
  /** A derived encoding, made once per slot (`table`, `protobuf`, …). */
  memo<T>(slot: string, make: () => T): T
}

/** How the objects under one prefix become entries. Registered by the API server, at run time for CRDs. */
export interface StoredResource {
  /** Ends with a slash: `/registry/pods/`. */
  readonly prefix: string
  readonly namespaced: boolean
  /** Selectable fields beyond metadata.name and metadata.namespace. */
  fieldsOf(object: KubeObject): Record<string, string>
  /** Brings a foreign or older stored value to the current schema; returns the object to serve. */
  normalize?(object: KubeObject): KubeObject
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** For DELETED: the last state, carrying the revision of the deletion. */
  readonly entry: Entry
  /** The state before, for MODIFIED and DELETED; with its own revision. */
  readonly previous?: Entry
  readonly revision: number
  /** An encoding of this event, made once however many watchers there are. */
  memo<T>(slot: string, make: () => T): T
}

export interface StoreWatch {
  /** Idempotent. No call-back after it returns. */
  cancel(): void
}

export interface WatchHandler {
  /** All events of one revision come in one batch, in order; batches come in order. Called synchronously: must not block or throw. */
  onEvents(events: readonly StoreEvent[], revision: number): void
  /** The watch cannot go on: compacted, lost, or the store stopped. Nothing follows. */
  onEnd(error: StoreError): void
}

/**
 * How fresh a read must be: `consistent` sees every write acknowledged before the call; a number waits for that revision
 * (`FutureRevision` when it does not come in 3 s); `any` answers from what is there.
 */
export type Freshness = 'consistent' | 'any' | { atLeast: number } | { exactly: number }

export interface ListOptions {
  freshness: Freshness
  /** Continue after this key, exclusive. */
  startAfter?: string
  signal?: AbortSignal
}

export interface ListResult {
  /** Sorted by key. A stable snapshot at `revision`; callers must not modify it. Lazy where that is cheaper: iterate once. */
  readonly entries: Iterable<Entry>
  /** How many entries there are under the prefix after `startAfter`. */
  readonly count: number
  readonly revision: number
}

export interface Store {
  /** Resolves when the cache holds the whole key space. */
  start(signal: AbortSignal): Promise<void>
  /** Ends all watches with `Unavailable`. Idempotent. */
  stop(): Promise<void>
  /** Adds or replaces a resource; existing keys under its prefix become entries before this resolves. */
  register(resource: StoredResource): Promise<void>
  unregister(prefix: string): void
  /** One linearizable read shared by all callers then waiting. */
  currentRevision(signal?: AbortSignal): Promise<number>
  /** Fails with `Corrupt` when there is a value that cannot be read; lists and watches leave such values out. */
  get(key: string, freshness: Freshness, signal?: AbortSignal): Promise<Entry | undefined>
  /** `prefix` ends with a slash, or is one whole key; it lies under a registered resource (else `NotFound`). The same for watch. */
  list(prefix: string, options: ListOptions): Promise<ListResult>
  /** Fails with `Exists`. `object` carries no resourceVersion and is given up to the store (frozen). `ttlSeconds` binds it to a lease. */
  create(key: string, object: KubeObject, options?: { ttlSeconds?: number }): Promise<Entry>
  /**
   * Replaces revision `expected`; fails with `Conflict` (with the current entry when known) or `NotFound`. Without `ttlSeconds` the object
   * keeps the lease it has.
   */
  update(key: string, object: KubeObject, expected: number, options?: { ttlSeconds?: number }): Promise<Entry>
  /** Deletes revision `expected`; answers the old entry carrying the revision of the deletion. */
  delete(key: string, expected: number): Promise<Entry>
  /**
   * Events under `prefix` with a revision above `after`, exactly and in order. Throws StoreError `Compacted` synchronously when `after` is
   * older than what is remembered.
   */
  watch(prefix: string, after: number, handler: WatchHandler): StoreWatch
  /** How many objects lie under a prefix, as far as is known now; 0 where no resource is registered. Costs next to nothing. */
  count(prefix: string): number
  /** Size of the database behind, as last seen; 0 where there is none. */
  readonly databaseBytes: number
  /** Revision up to which a prefix is known to be complete; for bookmarks. */
  observedRevision(): number
  /** Rejects with one sentence when reads or writes cannot work; for /readyz. */
  health(signal: AbortSignal): Promise<void>
}

export type StoreErrorCode =
  'NotFound' | 'Exists' | 'Conflict' | 'Compacted' | 'FutureRevision' | 'Timeout' | 'Unavailable' | 'TooLarge' | 'NoSpace' | 'Corrupt'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  readonly key: string | undefined
  /** The current entry on Conflict, the revision compacted on Compacted, where known. */
  readonly current: Entry | undefined
  readonly revision: number | undefined
  constructor(code: StoreErrorCode, message: string, detail: { key?: string; current?: Entry; revision?: number; cause?: unknown } = {}) {
    super(message, { cause: detail.cause })
    this.name = 'StoreError'
    this.code = code
    this.key = detail.key
    this.current = detail.current
    this.revision = detail.revision
  }
}
