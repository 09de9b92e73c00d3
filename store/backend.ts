// What CachedStore needs of a database: raw bytes under keys, multi-version revisions, one ordered watch. Implementations: etcd, memory.
// Errors leave as StoreError; what is not the caller's business (reconnecting) stays inside.

export interface RawValue {
  readonly key: string
  readonly value: Buffer
  readonly revision: number
  readonly createRevision: number
}

export type RawEvent = ({ readonly type: 'put' } & RawValue) | { readonly type: 'delete'; readonly key: string; readonly revision: number }

export interface Snapshot {
  readonly revision: number
  /** The newest revision when it was taken; greater than `revision` when the snapshot lies in the past. */
  readonly newest: number
}

/** `ok: false` carries what is there instead, undefined when nothing is. */
export type WriteResult =
  { readonly ok: true; readonly revision: number; readonly previous?: RawValue } | { readonly ok: false; readonly current: RawValue | undefined }

export interface WriteOptions {
  /** Lifetime; without it an update keeps the lifetime that the key has. */
  readonly ttlSeconds?: number
  /** Answer the value that was replaced or deleted. */
  readonly wantPrevious?: boolean
}

export interface BackendWatchHandler {
  /** All events of one revision, in order; revisions ascend without a gap in what is seen. Keys outside of the store's own included. */
  onEvents(events: readonly RawEvent[], revision: number): void
  /** The history cannot be followed (compacted, another cluster, a restored database). Nothing follows; take a new snapshot. */
  onLost(reason: string): void
}

export interface BackendWatch {
  cancel(): void
  /** One clause about the connection for error messages: `connected`, `reconnecting for 2.1 s: connection refused`. */
  describe(): string
  /** The watch seems to hang: connect anew. Does nothing when it was done a moment ago. */
  refresh(): void
}

export interface Backend {
  start(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  /**
   * Everything under `prefix` at one revision, page by page in key order. `onPage` may be slow. Values may share memory with the page. The
   * revision lies up to `behind` before the newest where the database still has it, so that what came since can be watched.
   */
  snapshot(prefix: string, onPage: (values: readonly RawValue[]) => Promise<void>, signal: AbortSignal, behind?: number): Promise<Snapshot>
  /** Events after revision `after`, exactly and in order, across reconnects. */
  watch(after: number, handler: BackendWatchHandler): BackendWatch
  /** Writes when the key's revision is `expected` (0: when there is no such key). */
  putIf(key: string, value: Buffer, expected: number, options?: WriteOptions): Promise<WriteResult>
  deleteIf(key: string, expected: number, options?: Pick<WriteOptions, 'wantPrevious'>): Promise<WriteResult>
  /** The newest revision, linearizably. */
  revision(signal?: AbortSignal): Promise<number>
  /** Puts when the key was written `version` times since it was created; answers how often it was now, and the newest revision. */
  putIfVersion(key: string, value: string, version: number): Promise<{ ok: boolean; version: number; revision: number }>
  /** Forgets what was overwritten before `revision`. */
  compact(revision: number): Promise<void>
  /** What a database wants done now and then, best after a compaction: free space given back. */
  tidy(): Promise<void>
  /** Size of the database as last seen; 0 where there is none, or it is not known yet. */
  readonly databaseBytes: number
  health(signal: AbortSignal): Promise<void>
}
