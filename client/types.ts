// The client's interfaces: transport, typed resource clients, informers, the reconcile loop. Implementations stand beside this file.
import type { KubeObject } from '../api/object.ts'
import type { Resource } from '../api/resource.ts'

/** One request as it goes to an API server; the path carries the query. */
export interface TransportRequest {
  method: string
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  signal?: AbortSignal
}

export interface TransportResponse {
  status: number
  headers: Readonly<Record<string, string>>
  /** The bytes of the answer. Leaving the iteration early cancels the request. */
  body: AsyncIterable<Uint8Array>
  /**
   * In-process transport only: the same answer without bytes. `object` for a single object, `items` with `resourceVersion` for a list,
   * `events` for a watch; all frozen and shared. When present, `body` need not be read.
   */
  direct?: { object?: KubeObject; items?: readonly KubeObject[]; resourceVersion?: string; events?: AsyncIterable<readonly WatchEvent[]> }
}

/** HTTPS (undici) or in-process. Errors of the connection are thrown as TransportError; answers of any status are returned. */
export interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>
  close(): Promise<void>
}

export type WatchEvent<T = KubeObject> =
  { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T } | { type: 'BOOKMARK'; object: KubeObject } | { type: 'ERROR'; object: unknown }

export interface ListOptions {
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  continue?: string
  resourceVersion?: string
  signal?: AbortSignal
}
export interface List<T> {
  items: T[]
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
}
export interface WriteOptions {
  dryRun?: boolean
  fieldManager?: string
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  signal?: AbortSignal
}
export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
  signal?: AbortSignal
}
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** Requests about one kind, in one namespace where it has any. Every method throws StatusError for an answer ≥ 400. */
export interface ResourceClient<T extends KubeObject> {
  get(name: string, options?: { resourceVersion?: string; signal?: AbortSignal }): Promise<T>
  list(options?: ListOptions): Promise<List<T>>
  create(object: T, options?: WriteOptions): Promise<T>
  update(object: T, options?: WriteOptions): Promise<T>
  updateStatus(object: T, options?: WriteOptions): Promise<T>
  patch(name: string, type: PatchType, body: unknown, options?: WriteOptions & { subresource?: string; force?: boolean }): Promise<T>
  delete(name: string, options?: DeleteOptions): Promise<void>
  deleteCollection(options?: DeleteOptions & ListOptions): Promise<void>
  /** POST to a subresource: binding, eviction, token. */
  createSubresource<R = unknown>(name: string, subresource: string, body: unknown, options?: WriteOptions): Promise<R>
  /** One watch connection from `resourceVersion` on; ends when the server ends it. */
  watch(
    options: ListOptions & { resourceVersion: string; allowWatchBookmarks?: boolean; sendInitialEvents?: boolean; timeoutSeconds?: number },
  ): AsyncIterable<WatchEvent<T>>
}

export interface ApiClient {
  /** Without `namespace`: all namespaces (list, watch) or a cluster-scoped kind. */
  of<T extends KubeObject>(resource: Resource<T>, namespace?: string): ResourceClient<T>
  /** Any path, parsed JSON; for discovery and kinds without a record. */
  raw(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown>
  /** A client with the same connection that acts with another User-Agent (field manager). */
  readonly transport: Transport
}

export interface InformerHandler<T> {
  add?(object: T, initial: boolean): void
  update?(object: T, old: T): void
  delete?(object: T): void
}

/** A local, always current copy of what a list with a watch shows. Objects are frozen and shared. Never polls. */
export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>
  /** Resolves when the first list is in and its handlers have run. */
  readonly synced: Promise<void>
  hasSynced(): boolean
  /** By `namespace/name` (or name). */
  get(key: string): T | undefined
  list(namespace?: string): T[]
  /** Objects for which `index` (given to InformerFactory.of or addIndex) yields `value`. */
  byIndex(index: string, value: string): T[]
  addIndex(index: string, values: (object: T) => readonly string[]): void
  /** Existing objects are handed to `add` (initial = true). Returns the removal. */
  on(handler: InformerHandler<T>): () => void
}

export interface InformerFactory {
  /** The same informer for the same arguments. Runs from the factory's start, or at once when already started. */
  of<T extends KubeObject>(resource: Resource<T>, options?: { namespace?: string; labelSelector?: string; fieldSelector?: string }): Informer<T>
  start(signal: AbortSignal): void
  /** All informers so far made have synced. */
  synced(signal?: AbortSignal): Promise<void>
}

/** What makes a controller look again at a key. */
export interface ControllerWatch {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- one array holds watches of many kinds
  informer: Informer<any>
  /** Keys to reconcile because `object` came, changed (then with `old`) or went. Default: objectKey(object). */
  toKeys?(object: never, old?: never): readonly string[]
}

export interface ReconcileResult {
  requeueAfterMs?: number
}

export interface Controller {
  readonly name: string
  readonly watches: readonly ControllerWatch[]
  /** Keys worked on at the same time (default 4); one key is never worked on twice at once. */
  readonly concurrency?: number
  /** Level-triggered and idempotent. Throw to be tried again with back-off; TerminalError is not tried again. */
  reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | undefined>
}

export interface EventRecorder {
  /** Fire and forget; repeated events are counted up, floods are dropped. */
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, options?: { fieldPath?: string; action?: string }): void
}
