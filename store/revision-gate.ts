// Who waits for which revision, and the linearizable read that all waiting readers share.
import type { Clock } from '../base/clock.ts'

interface Waiter {
  readonly revision: number
  settle(error?: Error): void
}

export class RevisionGate {
  /** −1 while there is no complete state to read from. */
  #revision = -1
  readonly #waiters = new Set<Waiter>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get revision(): number {
    return this.#revision
  }

  advance(revision: number): void {
    this.#revision = revision
    for (const waiter of this.#waiters) {
      if (waiter.revision > revision) continue
      waiter.settle()
    }
  }

  /** Nothing can be read until the next advance. */
  close(): void {
    this.#revision = -1
  }

  /** Nothing will be read any more: all that wait are told. */
  end(error: Error): void {
    this.close()
    for (const waiter of this.#waiters) waiter.settle(error)
  }

  /** Resolves once `revision` is reached, rejects with `onTimeout()` after `timeoutMs`, or with the signal's reason. */
  reach(revision: number, timeoutMs: number, onTimeout: () => Error, signal?: AbortSignal): Promise<void> {
    if (this.#revision >= revision) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        revision,
        settle: error => {
          this.#waiters.delete(waiter)
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
          if (error) reject(error)
          else resolve()
        },
      }
      const onAbort = (): void => waiter.settle(signal?.reason as Error)
      const cancelTimer = this.#clock.after(timeoutMs, () => waiter.settle(onTimeout()))
      this.#waiters.add(waiter)
      if (signal?.aborted) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** At most so many reads are under way; more readers wait for the next one to start. */
const maxReadsUnderWay = 4

/** Runs `read` once for all that ask before it starts: an answer is never older than the question. */
export class SharedRead {
  readonly #read: () => Promise<number>
  #next: Promise<number> | undefined
  #underWay = 0
  #startNext: (() => void) | undefined

  constructor(read: () => Promise<number>) {
    this.#read = read
  }

  get(): Promise<number> {
    this.#next ??= new Promise<void>(start => {
      this.#startNext = start
      // The requests that arrived in the same turn of the event loop share the read.
      setImmediate(() => this.#pump())
    }).then(() => this.#run())
    return this.#next
  }

  #pump(): void {
    if (!this.#startNext || this.#underWay >= maxReadsUnderWay) return
    this.#underWay++
    this.#next = undefined
    const start = this.#startNext
    this.#startNext = undefined
    start()
  }

  async #run(): Promise<number> {
    try {
      return await this.#read()
    } finally {
      this.#underWay--
      this.#pump()
    }
  }
}
