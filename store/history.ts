// The last events of one resource: what a watch resumes from, and what takes the current tree back to an older revision.
import { relax, sizeOf } from './entry.ts'
import type { Entry, StoreEvent } from './store.ts'
import type { SortedTree } from './tree.ts'

/** A tree is kept after so many events, so that going back undoes few. */
const checkpointEvery = 256
/** Encodings and parsed objects are let go from events this far back: who resumes from there makes them again. */
const memoWindow = 256
/** What an event costs beside its entry's bytes, roughly; the budget need not be exact. */
const eventOverheadBytes = 700

interface Remembered {
  readonly event: HistoryEvent
  readonly bytes: number
  readonly atMs: number
}

export class HistoryEvent implements StoreEvent {
  readonly type: StoreEvent['type']
  readonly entry: Entry
  readonly previous?: Entry
  readonly revision: number
  #memo: Map<string, unknown> | undefined

  constructor(type: StoreEvent['type'], entry: Entry, previous: Entry | undefined, revision: number) {
    this.type = type
    this.entry = entry
    if (previous) this.previous = previous
    this.revision = revision
  }

  memo<T>(slot: string, make: () => T): T {
    this.#memo ??= new Map()
    if (!this.#memo.has(slot)) this.#memo.set(slot, make())
    return this.#memo.get(slot) as T
  }

  /** Lets go of what can be made again. */
  relax(): void {
    this.#memo = undefined
    relax(this.entry)
  }
}

export class History {
  /** Every event with a revision above this one is remembered. */
  #floor: number
  #events: Remembered[] = []
  #head = 0
  #bytes = 0
  #checkpoints: { revision: number; tree: SortedTree<Entry> }[] = []
  #sinceCheckpoint = 0

  constructor(floor: number) {
    this.#floor = floor
  }

  get floor(): number {
    return this.#floor
  }
  get count(): number {
    return this.#events.length - this.#head
  }
  get bytes(): number {
    return this.#bytes
  }
  get oldestAtMs(): number | undefined {
    return this.#events[this.#head]?.atMs
  }

  append(event: HistoryEvent, atMs: number): void {
    const bytes = sizeOf(event.entry) + eventOverheadBytes
    this.#events.push({ event, bytes, atMs })
    this.#bytes += bytes
    this.#sinceCheckpoint++
    this.#events[this.#events.length - 1 - memoWindow]?.event.relax()
  }

  /** To be called after the last event of a revision, with the tree it led to. */
  endRevision(revision: number, tree: SortedTree<Entry>): void {
    if (this.#sinceCheckpoint < checkpointEvery) return
    this.#sinceCheckpoint = 0
    this.#checkpoints.push({ revision, tree })
  }

  /** Forgets the oldest revision. */
  shift(): void {
    const first = this.#events[this.#head]
    if (!first) return
    this.#floor = first.event.revision
    while (this.#events[this.#head]?.event.revision === this.#floor) {
      this.#bytes -= this.#events[this.#head]!.bytes
      this.#head++
    }
    while (this.#checkpoints[0] && this.#checkpoints[0].revision <= this.#floor) this.#checkpoints.shift()
    if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head)
      this.#head = 0
    }
  }

  /** Up to `limit` events after `revision`, but always whole revisions. */
  after(revision: number, limit = Infinity): StoreEvent[] {
    const found: StoreEvent[] = []
    for (let i = this.#indexAfter(revision); i < this.#events.length; i++) {
      const { event } = this.#events[i]!
      if (found.length >= limit && event.revision !== found.at(-1)!.revision) break
      found.push(event)
    }
    return found
  }

  /** The tree as it was at `revision` (not below the floor), given the current one. */
  treeAt(revision: number, current: SortedTree<Entry>): SortedTree<Entry> {
    const checkpoint = this.#checkpoints.find(c => c.revision >= revision)
    let tree = checkpoint?.tree ?? current
    const until = checkpoint ? this.#indexAfter(checkpoint.revision) : this.#events.length
    for (let i = until - 1; i >= this.#head; i--) {
      const { event } = this.#events[i]!
      if (event.revision <= revision) break
      tree = event.previous ? tree.with(event.previous) : tree.without(event.entry.key)
    }
    return tree
  }

  #indexAfter(revision: number): number {
    let low = this.#head
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#events[middle]!.event.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What may be remembered: per resource in events and time, and altogether in bytes. */
export interface HistoryBudget {
  readonly maxEventsPerResource: number
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/** Makes the histories that grew fit the budget; where all are too big together, the biggest gives way. */
export const trimHistories = (grown: readonly History[], all: readonly History[], budget: HistoryBudget, nowMs: number): void => {
  const oldestMs = nowMs - budget.maxAgeMs
  for (const history of grown) {
    while (history.count > budget.maxEventsPerResource || (history.oldestAtMs ?? nowMs) < oldestMs) history.shift()
  }
  let bytes = 0
  for (const history of all) bytes += history.bytes
  while (bytes > budget.maxBytes) {
    const biggest = all.reduce((a, b) => (b.bytes > a.bytes ? b : a))
    if (biggest.count === 0) return
    bytes -= biggest.bytes
    biggest.shift()
    bytes += biggest.bytes
  }
}
