// The watches on one resource, found by what they look at: a change costs what its own watchers cost, however many there are beside.
// A watch that starts in the past is first fed from the history, a slice per turn of the event loop, and then joins the live ones.
import type { Logger } from '../base/log.ts'
import type { History } from './history.ts'
import { StoreError, type StoreEvent, type StoreWatch, type WatchHandler } from './store.ts'

/** Events handed to one watch of the past per turn of the event loop. */
const catchUpSlice = 500

interface Watcher {
  /** A folder (ends with a slash) or one whole key. */
  readonly scope: string
  readonly handler: WatchHandler
  /** Revision up to which it has been served. */
  at: number
  live: boolean
  ended: boolean
}

const covers = (scope: string, key: string): boolean => (scope.endsWith('/') ? key.startsWith(scope) : key === scope)

/** The scopes that a key lies in, from the resource's prefix down to the key itself. */
function* scopesOf(prefix: string, key: string): Generator<string> {
  yield prefix
  for (let slash = key.indexOf('/', prefix.length); slash >= 0; slash = key.indexOf('/', slash + 1)) yield key.slice(0, slash + 1)
  yield key
}

export class Watchers {
  readonly #prefix: string
  readonly #log: Logger
  readonly #live = new Map<string, Set<Watcher>>()
  readonly #catchingUp = new Set<Watcher>()

  constructor(prefix: string, log: Logger) {
    this.#prefix = prefix
    this.#log = log
  }

  /** `history` remembers everything after `after`; `revision` is the current one. */
  add(scope: string, after: number, handler: WatchHandler, history: History, revision: number): StoreWatch {
    const watcher: Watcher = { scope, handler, at: after, live: false, ended: false }
    if (after >= revision || history.after(after, 1).length === 0) this.#join(watcher)
    else {
      this.#catchingUp.add(watcher)
      setImmediate(() => this.#catchUp(watcher, history))
    }
    return { cancel: () => this.#drop(watcher) }
  }

  /** All events of one revision. */
  deliver(events: readonly StoreEvent[], revision: number): void {
    if (this.#live.size === 0) return
    if (events.length === 1) {
      for (const scope of scopesOf(this.#prefix, events[0]!.entry.key)) {
        for (const watcher of this.#live.get(scope) ?? []) this.#hand(watcher, events, revision)
      }
      return
    }
    const byScope = new Map<string, StoreEvent[]>()
    for (const event of events) {
      for (const scope of scopesOf(this.#prefix, event.entry.key)) {
        if (!this.#live.has(scope)) continue
        const inScope = byScope.get(scope)
        if (inScope) inScope.push(event)
        else byScope.set(scope, [event])
      }
    }
    for (const [scope, inScope] of byScope) for (const watcher of this.#live.get(scope) ?? []) this.#hand(watcher, inScope, revision)
  }

  endAll(error: StoreError): void {
    for (const watcher of [...this.#catchingUp, ...[...this.#live.values()].flatMap(set => [...set])]) this.#end(watcher, error)
  }

  #catchUp(watcher: Watcher, history: History): void {
    if (watcher.ended) return
    if (watcher.at < history.floor) {
      this.#end(
        watcher,
        new StoreError('Compacted', `the watch fell behind: revision ${watcher.at} is older than what is remembered (${history.floor})`, {
          revision: history.floor,
        }),
      )
      return
    }
    const events = history.after(watcher.at, catchUpSlice)
    if (events.length === 0) {
      this.#catchingUp.delete(watcher)
      this.#join(watcher)
      return
    }
    for (let i = 0; i < events.length;) {
      const { revision } = events[i]!
      const batch: StoreEvent[] = []
      for (; events[i]?.revision === revision; i++) if (covers(watcher.scope, events[i]!.entry.key)) batch.push(events[i]!)
      if (batch.length > 0) this.#hand(watcher, batch, revision)
      watcher.at = revision
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the handler may have cancelled
      if (watcher.ended) return
    }
    setImmediate(() => this.#catchUp(watcher, history))
  }

  #join(watcher: Watcher): void {
    watcher.live = true
    const set = this.#live.get(watcher.scope)
    if (set) set.add(watcher)
    else this.#live.set(watcher.scope, new Set([watcher]))
  }

  #hand(watcher: Watcher, events: readonly StoreEvent[], revision: number): void {
    if (watcher.ended || revision <= watcher.at) return
    watcher.at = revision
    try {
      watcher.handler.onEvents(events, revision)
    } catch (error) {
      this.#log.error({ err: error, prefix: watcher.scope }, 'a watch handler threw; its watch ends')
      this.#end(watcher, new StoreError('Unavailable', 'the watch failed inside the server', { cause: error }))
    }
  }

  #drop(watcher: Watcher): void {
    watcher.ended = true
    this.#catchingUp.delete(watcher)
    const set = this.#live.get(watcher.scope)
    set?.delete(watcher)
    if (set?.size === 0) this.#live.delete(watcher.scope)
  }

  #end(watcher: Watcher, error: StoreError): void {
    if (watcher.ended) return
    this.#drop(watcher)
    try {
      watcher.handler.onEnd(error)
    } catch (thrown) {
      this.#log.error({ err: thrown, prefix: watcher.scope }, 'a watch handler threw when it ended')
    }
  }
}
