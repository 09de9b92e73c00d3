// Keys waiting to be worked on. A key is in the queue once however often it is added; a key being worked on is never handed out a
// second time at once, but again after it is done when it was added meanwhile. Delays and back-off are per key.
//
//   add ─▶ waiting ─take─▶ working ─done─▶ (added meanwhile? waiting again : gone)
//   addAfter ─timer─▶ add
import { type Backoff, backoffDelayMs } from '../base/backoff.ts'
import type { Clock } from '../base/clock.ts'

export interface WorkQueue {
  add(key: string): void
  /** Adds after `ms`; of several delays of one key the earliest counts. */
  addAfter(key: string, ms: number): void
  /** Adds after the key's back-off, which grows with every call until `forget`. Returns the number of failures in a row. */
  retry(key: string): number
  forget(key: string): void
  /** The next key, or undefined once stopped. */
  take(): Promise<string | undefined>
  /** Every key taken must be given back. */
  done(key: string): void
  /** Waiters get undefined, timers are cancelled, keys are dropped. */
  stop(): void
  readonly length: number
}

export interface WorkQueueOptions {
  readonly clock: Clock
  readonly backoff?: Backoff
  readonly random?: () => number
}

const defaultBackoff: Backoff = { baseMs: 5, maxMs: 60_000, jitter: 0.2 }

export const createWorkQueue = ({ clock, backoff = defaultBackoff, random = Math.random }: WorkQueueOptions): WorkQueue => {
  const waiting = new Set<string>()
  const working = new Set<string>()
  /** Added while being worked on. */
  const again = new Set<string>()
  const delayed = new Map<string, { dueMs: number; cancel: () => void }>()
  const failures = new Map<string, number>()
  const takers: ((key: string | undefined) => void)[] = []
  let stopped = false

  const hand = (key: string): void => {
    const taker = takers.shift()
    if (!taker) {
      waiting.add(key)
      return
    }
    working.add(key)
    taker(key)
  }
  const add = (key: string): void => {
    if (stopped || waiting.has(key)) return
    if (working.has(key)) again.add(key)
    else hand(key)
  }
  const addAfter = (key: string, ms: number): void => {
    if (stopped) return
    if (ms <= 0) {
      add(key)
      return
    }
    const dueMs = clock.now() + ms
    const planned = delayed.get(key)
    if (planned && planned.dueMs <= dueMs) return
    planned?.cancel()
    const cancel = clock.after(ms, () => {
      delayed.delete(key)
      add(key)
    })
    delayed.set(key, { dueMs, cancel })
  }

  return {
    add,
    addAfter,
    retry(key) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      addAfter(key, backoffDelayMs(backoff, count, random))
      return count + 1
    },
    forget: key => void failures.delete(key),
    take() {
      if (stopped) return Promise.resolve(undefined)
      for (const key of waiting) {
        waiting.delete(key)
        working.add(key)
        return Promise.resolve(key)
      }
      return new Promise(resolve => takers.push(resolve))
    },
    done(key) {
      working.delete(key)
      if (again.delete(key) && !stopped) hand(key)
    },
    stop() {
      stopped = true
      for (const { cancel } of delayed.values()) cancel()
      delayed.clear()
      waiting.clear()
      again.clear()
      for (const taker of takers.splice(0)) taker(undefined)
    },
    get length() {
      return waiting.size
    },
  }
}
