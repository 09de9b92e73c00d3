// One priority level: so many seats, and queues of bounded length before them. A request takes one seat or more for as long as it runs.
//
//   enter ─▶ seats free and nobody waits ─▶ runs ─▶ leave: the next of the queue that has had least so far
//     └─▶ waits in the shortest queue of its flow's hand ─▶ … or is refused: queue full, waited too long, its client gone
import type { Clock } from '../../base/clock.ts'
import { dealHand } from './shuffle-shard.ts'

export interface LevelLimits {
  readonly seats: number
  /** Seats that others may use while they stand empty here, and seats that this level may use of others' so. */
  readonly lendable: number
  readonly borrowable: number
  /** Absent: what finds no seat is refused at once. */
  readonly queuing?: { readonly queues: number; readonly handSize: number; readonly queueLength: number }
}

export type Refusal = 'concurrency-limit' | 'queue-full' | 'time-out' | 'cancelled'

/** What a request holds; `leave` is idempotent. */
export interface Seats {
  leave(): void
}

export type Admittance = Seats | { readonly refused: Refusal }

interface Waiting {
  readonly seats: number
  readonly settle: (result: Admittance) => void
  cancel: () => void
}

interface Queue {
  readonly waiting: Waiting[]
  /** Seats handed out from this queue so far, never behind what an idle queue would start with. */
  served: number
}

/** The levels of one server lend each other what stands empty. */
export interface SeatMarket {
  /** Seats that levels other than `level` have no use for now. */
  idleBeside(level: PriorityLevel): number
  /** Seats came free: others may have waited for them. */
  freed(level: PriorityLevel): void
}

export class PriorityLevel {
  readonly name: string
  readonly #market: SeatMarket
  readonly #clock: Clock
  readonly #waitMs: number
  #limits: LevelLimits
  #queues: (Queue | undefined)[] = []
  #inUse = 0
  #waiting = 0
  #served = 0

  constructor(name: string, limits: LevelLimits, market: SeatMarket, clock: Clock, waitMs: number) {
    this.name = name
    this.#limits = limits
    this.#market = market
    this.#clock = clock
    this.#waitMs = waitMs
  }

  get limits(): LevelLimits {
    return this.#limits
  }

  get inUse(): number {
    return this.#inUse
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Seats of its own that nobody here uses or waits for, as far as they may be lent. */
  get idle(): number {
    return this.#waiting > 0 ? 0 : Math.max(0, Math.min(this.#limits.lendable, this.#limits.seats - this.#inUse))
  }

  get borrowed(): number {
    return Math.max(0, this.#inUse - this.#limits.seats)
  }

  /** Takes effect for what comes and what waits; nothing that runs is disturbed. */
  reconfigure(limits: LevelLimits): void {
    this.#limits = limits
    this.dispatch()
  }

  /** `flow` tells callers apart; `seats` is what the request costs. Resolves at once while there is room. */
  enter(flow: string, seats: number, signal: AbortSignal): Admittance | Promise<Admittance> {
    // A request dearer than the whole level still runs, alone.
    const cost = Math.min(seats, Math.max(1, this.#limits.seats))
    if (this.#waiting === 0 && this.#fits(cost)) return this.#take(cost)
    const { queuing } = this.#limits
    if (!queuing) return { refused: 'concurrency-limit' }
    const queue = this.#shortestOf(dealHand(flow, queuing.queues, queuing.handSize))
    if (queue.waiting.length >= queuing.queueLength) return { refused: 'queue-full' }
    return new Promise(resolve => this.#wait(queue, cost, resolve, signal))
  }

  /** Lets in what fits now. */
  dispatch(): void {
    while (this.#waiting > 0) {
      let next: Queue | undefined
      for (const queue of this.#queues) if (queue && queue.waiting.length > 0 && (!next || queue.served < next.served)) next = queue
      const first = next?.waiting[0]
      if (!next || !first || !this.#fits(first.seats)) return
      this.#served = next.served
      next.served += first.seats
      next.waiting.shift()
      this.#waiting--
      first.cancel()
      first.settle(this.#take(first.seats))
    }
  }

  #fits(cost: number): boolean {
    const { seats, borrowable } = this.#limits
    const beyond = this.#inUse + cost - seats
    return beyond <= 0 || this.#inUse === 0 || (beyond <= borrowable && beyond - this.borrowed <= this.#market.idleBeside(this))
  }

  #take(cost: number): Seats {
    this.#inUse += cost
    let held = true
    return {
      leave: () => {
        if (!held) return
        held = false
        this.#inUse -= cost
        this.dispatch()
        this.#market.freed(this)
      },
    }
  }

  #shortestOf(hand: readonly number[]): Queue {
    let best: Queue | undefined
    for (const index of hand) {
      const queue = (this.#queues[index] ??= { waiting: [], served: 0 })
      if (!best || queue.waiting.length < best.waiting.length) best = queue
    }
    return best!
  }

  #wait(queue: Queue, seats: number, resolve: (result: Admittance) => void, signal: AbortSignal): void {
    // What was idle does not bring credit along.
    if (queue.waiting.length === 0) queue.served = Math.max(queue.served, this.#served)
    const give = (refused: Refusal): void => {
      const at = queue.waiting.indexOf(request)
      if (at < 0) return
      queue.waiting.splice(at, 1)
      this.#waiting--
      request.cancel()
      resolve({ refused })
      this.dispatch()
    }
    const onAbort = (): void => give('cancelled')
    const cancelTimer = this.#clock.after(this.#waitMs, () => give('time-out'))
    const request: Waiting = {
      seats,
      settle: resolve,
      cancel: () => {
        cancelTimer()
        signal.removeEventListener('abort', onAbort)
      },
    }
    signal.addEventListener('abort', onAbort, { once: true })
    queue.waiting.push(request)
    this.#waiting++
  }
}
