// The last changes of values that no resource claims yet: custom kinds are registered after the cache was filled, and their watches are to
// go on from before that, like all others. Bounded; what is forgotten moves the floor up.
import type { RawEvent } from './backend.ts'
import type { Dormant } from './value-codec.ts'

export interface DormantChange {
  readonly key: string
  readonly event: RawEvent
  /** What the key held before. */
  readonly previous: Dormant | undefined
}

export interface DormantBudget {
  readonly maxChanges: number
  readonly maxBytes: number
}

/** Parsed in one stretch when a resource claims them: both numbers keep that short. */
export const defaultDormantBudget: DormantBudget = { maxChanges: 1_000, maxBytes: 4 * 2 ** 20 }

const sizeOf = ({ event, previous }: DormantChange): number => (event.type === 'put' ? event.value.length : 0) + (previous?.value.length ?? 0)

export class DormantHistory {
  readonly #budget: DormantBudget
  #floor = 0
  #changes: DormantChange[] = []
  #bytes = 0

  constructor(budget = defaultDormantBudget) {
    this.#budget = budget
  }

  /** Every change above this revision is remembered. */
  get floor(): number {
    return this.#floor
  }

  /** Begins anew: nothing before `revision` is known. */
  reset(revision: number): void {
    this.#floor = revision
    this.#changes = []
    this.#bytes = 0
  }

  /** To be called for every change in order; the changes of one revision stay together or go together. */
  append(change: DormantChange): void {
    this.#changes.push(change)
    this.#bytes += sizeOf(change)
    while (this.#changes.length > this.#budget.maxChanges || this.#bytes > this.#budget.maxBytes) this.#shift()
  }

  /** Takes out the changes under a prefix, oldest first. */
  take(prefix: string): DormantChange[] {
    const taken = this.#changes.filter(c => c.key.startsWith(prefix))
    if (!taken.length) return taken
    this.#changes = this.#changes.filter(c => !c.key.startsWith(prefix))
    this.#bytes = this.#changes.reduce((sum, c) => sum + sizeOf(c), 0)
    return taken
  }

  #shift(): void {
    this.#floor = this.#changes[0]!.event.revision
    let gone = 0
    for (; this.#changes[gone]?.event.revision === this.#floor; gone++) this.#bytes -= sizeOf(this.#changes[gone]!)
    this.#changes.splice(0, gone)
  }
}

/** What the keys held before the changes, given what they hold now. */
export const undo = (now: readonly Dormant[], changes: readonly DormantChange[]): Dormant[] => {
  const values = new Map(now.map(value => [value.key, value]))
  for (const { key, previous } of changes.toReversed()) {
    if (previous) values.set(key, previous)
    else values.delete(key)
  }
  return [...values.values()]
}
