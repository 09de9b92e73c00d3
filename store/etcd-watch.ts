// One watch over etcd's whole key space, across reconnects.
//
//   connecting ──created──▶ connected ──error, end, cancelled──▶ waiting (back-off) ──▶ verifying ──▶ connecting
//        any ──compacted, another cluster, another history──▶ lost (the end)
//
// Before it resumes it makes sure that etcd still has the history that was followed: a restored etcd may have gone past our revision since.
import { backoffDelayMs } from '../base/backoff.ts'
import { sleep, type Clock } from '../base/clock.ts'
import type { GrpcStream } from '../base/grpc-connection.ts'
import type { Logger } from '../base/log.ts'
import type { BackendWatch, BackendWatchHandler, RawEvent } from './backend.ts'
import type { EtcdConnection } from './etcd-connection.ts'
import type { EtcdKeyValue, WatchResponse } from './etcd.types.ts'
import { StoreError } from './store.ts'

const backoff = { baseMs: 50, maxMs: 1_000, jitter: 0.3 }
const sliceMs = 5
const everything = Buffer.from([0])

export class EtcdWatch implements BackendWatch {
  readonly #connection: EtcdConnection
  readonly #handler: BackendWatchHandler
  readonly #clock: Clock
  readonly #log: Logger
  readonly #ended = new AbortController()
  /** The last revision handed on. */
  #at: number
  /** The last put that was handed on and not deleted since: etcd must still have it. */
  #witness: EtcdKeyValue | undefined
  #stream: GrpcStream | undefined
  #connected = false
  #sinceMs: number
  #why = 'it has just begun'
  #attempt = 0
  #queue: WatchResponse['events'] = []
  #pumping = false

  constructor(connection: EtcdConnection, after: number, handler: BackendWatchHandler, clock: Clock, log: Logger) {
    this.#connection = connection
    this.#at = after
    this.#handler = handler
    this.#clock = clock
    this.#log = log
    this.#sinceMs = clock.now()
    this.#open()
  }

  cancel(): void {
    this.#ended.abort(new Error('the watch was cancelled'))
    this.#close()
  }

  describe(): string {
    return this.#connected ? 'connected' : `reconnecting for ${((this.#clock.now() - this.#sinceMs) / 1000).toFixed(1)} s: ${this.#why}`
  }

  refresh(): void {
    if (this.#ended.signal.aborted || !this.#connected || this.#clock.now() - this.#sinceMs < 3_000) return
    if (!this.#connection.renew()) this.resume('it brought nothing for too long')
  }

  /** Connects again: the stream hangs. */
  resume(why: string): void {
    this.#reconnect(why)
  }

  lose(reason: string): void {
    if (this.#ended.signal.aborted) return
    this.cancel()
    this.#handler.onLost(reason)
  }

  #open(): void {
    const stream = this.#connection.openWatch(
      { create_request: { key: everything, range_end: everything, start_revision: this.#at + 1 } },
      {
        onResponse: response => {
          if (this.#stream === stream) this.#onResponse(response)
        },
        onEnd: why => {
          if (this.#stream === stream) this.#reconnect(why)
        },
      },
    )
    this.#stream = stream
  }

  #close(): void {
    const stream = this.#stream
    this.#stream = undefined
    stream?.cancel()
    // What was not handed on comes again: the next stream starts behind the last revision handed on.
    this.#queue = []
  }

  #reconnect(why: string): void {
    if (this.#ended.signal.aborted) return
    this.#close()
    if (this.#connected) {
      this.#connected = false
      this.#sinceMs = this.#clock.now()
      this.#attempt = 0
      this.#log.warn({ why, revision: this.#at }, 'the etcd watch is broken; connecting again')
    }
    this.#why = why
    sleep(this.#clock, backoffDelayMs(backoff, this.#attempt++), this.#ended.signal)
      .then(() => this.#verify())
      .then(() => {
        if (!this.#ended.signal.aborted) this.#open()
      })
      .catch((error: unknown) => {
        if (this.#ended.signal.aborted) return
        const lost = error instanceof StoreError && (error.code === 'Compacted' || error.code === 'FutureRevision')
        const message = error instanceof Error ? error.message : String(error)
        if (lost) this.lose(message)
        else this.#reconnect(message)
      })
  }

  /** Throws Compacted or FutureRevision when the history that was followed is not there any more. */
  async #verify(): Promise<void> {
    const witness = this.#witness
    const { header, kvs } = await this.#connection.range({ key: witness?.key ?? everything, revision: this.#at }, { signal: this.#ended.signal })
    if (header.revision < this.#at) throw new StoreError('FutureRevision', `etcd went back from revision ${this.#at} to ${header.revision}: it was restored`)
    if (!witness) return
    const [found] = kvs
    if (found?.mod_revision !== witness.mod_revision || !found.value.equals(witness.value)) {
      throw new StoreError('Compacted', `etcd's history is another one at revision ${this.#at}: it was restored`)
    }
  }

  #onResponse(response: WatchResponse): void {
    this.#connection.see(response.header)
    if (this.#ended.signal.aborted) return
    if (response.canceled) {
      if (response.compact_revision !== 0) this.lose(`revision ${this.#at} was compacted (at ${response.compact_revision})`)
      else this.#reconnect(response.cancel_reason || 'etcd cancelled the watch')
      return
    }
    if (response.created) {
      if (this.#attempt > 0) this.#log.info({ revision: this.#at }, 'the etcd watch goes on')
      this.#connected = true
      this.#attempt = 0
      this.#sinceMs = this.#clock.now()
    }
    if (response.events.length === 0) return
    this.#queue.push(...response.events)
    // Fragments are not asked for, so a response ends with a whole revision.
    if (!this.#pumping) this.#pump()
  }

  /** Hands on whole revisions for a few milliseconds; the rest in the next turn of the event loop. */
  #pump(): void {
    const events = this.#queue
    const sliceEnd = performance.now() + sliceMs
    let at = 0
    while (at < events.length && performance.now() < sliceEnd) {
      const revision = events[at]!.kv.mod_revision
      const batch: RawEvent[] = []
      for (; at < events.length && events[at]!.kv.mod_revision === revision; at++) {
        if (revision > this.#at) batch.push(this.#toRaw(events[at]!, revision))
      }
      if (batch.length === 0) continue
      this.#at = revision
      this.#handler.onEvents(batch, revision)
      // Cancelled, or connecting again.
      if (this.#queue !== events) {
        this.#pumping = false
        return
      }
    }
    this.#queue = events.slice(at)
    this.#pumping = this.#queue.length > 0
    if (!this.#pumping) {
      this.#stream?.resume()
      return
    }
    this.#stream?.pause()
    setImmediate(() => this.#pump())
  }

  #toRaw({ type, kv }: WatchResponse['events'][number], revision: number): RawEvent {
    if (type === 'Delete') {
      if (this.#witness?.key.equals(kv.key)) this.#witness = undefined
      return { type: 'delete', key: kv.key.toString(), revision }
    }
    this.#witness = kv
    return { type: 'put', key: kv.key.toString(), value: kv.value, revision, createRevision: kv.create_revision }
  }
}
