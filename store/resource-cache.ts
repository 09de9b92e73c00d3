// All that is held of one resource: the current tree, the events that led to it, who watches, and what could not be read.
import type { Logger } from '../base/log.ts'
import type { RawEvent } from './backend.ts'
import { atRevision, storedValue } from './entry.ts'
import { History, HistoryEvent } from './history.ts'
import type { OwnWrites } from './own-writes.ts'
import { StoreError, type Entry, type Freshness, type StoreEvent, type StoredResource } from './store.ts'
import { SortedTree } from './tree.ts'
import type { Dormant, ValueCodec } from './value-codec.ts'
import { Watchers } from './watchers.ts'

const sorted = (entries: Entry[]): Entry[] => entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))

/** What a snapshot brought for a resource. */
export interface Staged {
  readonly entries: Entry[]
  readonly unreadable: Map<string, Dormant>
}

export const emptyStage = (): Staged => ({ entries: [], unreadable: new Map() })

export class ResourceCache {
  readonly resource: StoredResource
  readonly watchers: Watchers
  readonly #codec: ValueCodec
  readonly #log: Logger
  #tree = SortedTree.empty<Entry>()
  #history = new History(0)
  #unreadable = new Map<string, Dormant>()

  constructor(resource: StoredResource, codec: ValueCodec, log: Logger) {
    this.resource = resource
    this.watchers = new Watchers(resource.prefix, log)
    this.#codec = codec
    this.#log = log
  }

  get tree(): SortedTree<Entry> {
    return this.#tree
  }

  get history(): History {
    return this.#history
  }

  treeFor(freshness: Freshness): SortedTree<Entry> {
    if (typeof freshness !== 'object' || !('exactly' in freshness)) return this.#tree
    const { floor } = this.#history
    if (freshness.exactly < floor) {
      throw new StoreError('Compacted', `revision ${freshness.exactly} is no longer remembered (the oldest is ${floor})`, {
        revision: floor,
      })
    }
    return this.#history.treeAt(freshness.exactly, this.#tree)
  }

  /** Throws Corrupt when `key` has a value that cannot be read. */
  assertReadable(key: string): void {
    const value = this.#unreadable.get(key)
    if (value) {
      throw new StoreError('Corrupt', `the value of ${key} cannot be read: ${value.fault}`, { key, revision: value.revision })
    }
  }

  /** The entry of a value into `stage`, or a line in the log and the value among the unreadable. */
  stage(stage: Staged, value: Dormant): Entry | undefined {
    const entry = this.#decode(value, stage.unreadable)
    if (entry) stage.entries.push(entry)
    return entry
  }

  /** Begins anew with what was staged, at `revision`. */
  install({ entries, unreadable }: Staged, revision: number): void {
    this.#tree = SortedTree.from(sorted(entries))
    this.#unreadable = unreadable
    this.#history = new History(revision)
  }

  /** Everything that is held, as it lies in the backend. */
  values(): Dormant[] {
    const values = [...this.#unreadable.values()]
    for (const entry of this.#tree.range('', '\uffff')) {
      values.push({
        key: entry.key,
        value: storedValue(entry),
        revision: entry.revision,
        createRevision: entry.createRevision,
        plain: true,
      })
    }
    return values
  }

  /** Takes in one change; answers the event that readers see of it, if any. */
  apply(key: string, event: RawEvent, own: OwnWrites, nowMs: number): StoreEvent | undefined {
    const previous = this.#tree.get(key)
    let entry: Entry | undefined
    if (event.type === 'put') {
      entry = own.echo(key, event.value, event.revision, event.createRevision)
      if (entry) this.#unreadable.delete(key)
      else entry = this.#decode({ ...event, key, plain: false }, this.#unreadable)
    } else this.#unreadable.delete(key)
    // A value that has become unreadable is gone for readers, as lists leave it out.
    if (!entry && !previous) return undefined
    const change = entry
      ? new HistoryEvent(previous ? 'MODIFIED' : 'ADDED', entry, previous, event.revision)
      : new HistoryEvent('DELETED', atRevision(previous!, event.revision), previous, event.revision)
    this.#tree = entry ? this.#tree.with(entry) : this.#tree.without(key)
    this.#history.append(change, nowMs)
    return change
  }

  #decode(value: Dormant, unreadable: Map<string, Dormant>): Entry | undefined {
    const entry = this.#codec.decode(this.resource, value)
    if (typeof entry !== 'string') {
      unreadable.delete(value.key)
      return entry
    }
    // A copy: the value may be a slice of a whole page.
    unreadable.set(value.key, { ...value, value: Buffer.from(value.value), fault: entry })
    this.#log.error({ key: value.key, revision: value.revision, bytes: value.value.length, reason: entry }, 'a stored value cannot be read and is left out')
    return undefined
  }
}
