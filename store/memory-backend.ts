// A Backend in the memory of this process: for tests and for trying things out. Ready at once, gone at the end.
import type { Clock } from '../base/clock.ts'
import type { Backend, BackendWatch, BackendWatchHandler, RawEvent, RawValue, Snapshot, WriteOptions, WriteResult } from './backend.ts'
import { StoreError } from './store.ts'

/** etcd's default limit for a request; the rest of a transaction takes a little of it. */
const maxValueBytes = 1.5 * 2 ** 20 - 512

interface MemoryValue extends RawValue {
  readonly version: number
  readonly cancelExpiry?: () => void
  readonly expiresAtMs?: number
}

export class MemoryBackend implements Backend {
  readonly #clock: Clock
  readonly #values = new Map<string, MemoryValue>()
  #revision = 1
  readonly #watches = new Set<(events: readonly RawEvent[], revision: number) => void>()
  #stopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#stopped = true
    this.#watches.clear()
    for (const value of this.#values.values()) value.cancelExpiry?.()
    return Promise.resolve()
  }

  async snapshot(prefix: string, onPage: (values: readonly RawValue[]) => Promise<void>): Promise<Snapshot> {
    const revision = this.#revision
    await onPage([...this.#values.values()].filter(v => v.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1)))
    // Whoever wrote while the page was taken in is seen by the watch, which starts at `revision`.
    return { revision, newest: revision }
  }

  watch(after: number, handler: BackendWatchHandler): BackendWatch {
    if (after !== this.#revision) {
      // Only the newest revision is kept; the caller takes a new snapshot.
      queueMicrotask(() => handler.onLost(`revision ${after} is compacted`))
      return { cancel: () => undefined, describe: () => 'ended', refresh: () => undefined }
    }
    let live = true
    const deliver = (events: readonly RawEvent[], revision: number): void => {
      // Like a database elsewhere: never inside the call that wrote.
      queueMicrotask(() => {
        if (live) handler.onEvents(events, revision)
      })
    }
    this.#watches.add(deliver)
    return {
      cancel: () => {
        live = false
        this.#watches.delete(deliver)
      },
      describe: () => 'connected',
      refresh: () => undefined,
    }
  }

  putIf(key: string, value: Buffer, expected: number, { ttlSeconds, wantPrevious }: WriteOptions = {}): Promise<WriteResult> {
    return this.#write(() => {
      if (value.length > maxValueBytes) throw new StoreError('TooLarge', `${key} has ${value.length} bytes; at most ${maxValueBytes} can be stored`, { key })
      const current = this.#values.get(key)
      if ((current?.revision ?? 0) !== expected) return { ok: false, current }
      const expiresAtMs = ttlSeconds === undefined ? current?.expiresAtMs : this.#clock.now() + ttlSeconds * 1000
      this.#put(key, value, current, expiresAtMs)
      return { ok: true, revision: this.#revision, ...(wantPrevious && current && { previous: current }) }
    })
  }

  deleteIf(key: string, expected: number, { wantPrevious }: Pick<WriteOptions, 'wantPrevious'> = {}): Promise<WriteResult> {
    return this.#write(() => {
      const current = this.#values.get(key)
      if (current?.revision !== expected) return { ok: false, current }
      this.#remove([key])
      return { ok: true, revision: this.#revision, ...(wantPrevious && { previous: current }) }
    })
  }

  revision(): Promise<number> {
    return this.#write(() => this.#revision)
  }

  putIfVersion(key: string, value: string, version: number): Promise<{ ok: boolean; version: number; revision: number }> {
    return this.#write(() => {
      const current = this.#values.get(key)
      const ok = (current?.version ?? 0) === version
      if (ok) this.#put(key, Buffer.from(value), current, undefined)
      return { ok, version: this.#values.get(key)?.version ?? 0, revision: this.#revision }
    })
  }

  compact(): Promise<void> {
    return Promise.resolve()
  }

  tidy(): Promise<void> {
    return Promise.resolve()
  }

  get databaseBytes(): number {
    return 0
  }

  health(): Promise<void> {
    return this.#write(() => undefined)
  }

  /** Writes without a condition, as a foreign program would; for tests. */
  putForeign(key: string, value: Buffer): number {
    this.#put(key, value, this.#values.get(key), undefined)
    return this.#revision
  }

  /** Deletes several keys in one revision, as an expiring lease does. */
  deleteTogether(keys: readonly string[]): number {
    this.#remove(keys.filter(key => this.#values.has(key)))
    return this.#revision
  }

  #write<T>(run: () => T): Promise<T> {
    return new Promise(resolve => {
      if (this.#stopped) throw new StoreError('Unavailable', 'the store has stopped')
      resolve(run())
    })
  }

  #put(key: string, value: Buffer, current: MemoryValue | undefined, expiresAtMs: number | undefined): void {
    const revision = ++this.#revision
    current?.cancelExpiry?.()
    const cancelExpiry = expiresAtMs === undefined ? undefined : this.#clock.after(expiresAtMs - this.#clock.now(), () => this.#remove([key]))
    const next: MemoryValue = {
      key,
      value,
      revision,
      createRevision: current?.createRevision ?? revision,
      version: (current?.version ?? 0) + 1,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
      ...(cancelExpiry && { cancelExpiry }),
    }
    this.#values.set(key, next)
    this.#emit([{ type: 'put', key, value, revision, createRevision: next.createRevision }])
  }

  #remove(keys: readonly string[]): void {
    if (keys.length === 0) return
    const revision = ++this.#revision
    for (const key of keys) {
      this.#values.get(key)?.cancelExpiry?.()
      this.#values.delete(key)
    }
    this.#emit(keys.map(key => ({ type: 'delete', key, revision })))
  }

  #emit(events: readonly RawEvent[]): void {
    for (const deliver of this.#watches) deliver(events, this.#revision)
  }
}
