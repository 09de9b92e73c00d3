// A watch as a value and its execution: initial entries, then the store's events, with enter and leave of the selection turned into
// ADDED and DELETED. Who encodes (bytes or objects) is the caller's business.
import type { Clock } from '../../base/clock.ts'
import { type Entry, type Store, StoreError, type StoreEvent } from '../../store/store.ts'
import type { Served } from '../resource-table.ts'
import type { Selection } from './selection.ts'

export interface WatchPlan {
  readonly served: Served
  readonly selection: Selection
  /** Sent as ADDED before anything else. */
  readonly initial: readonly Entry[]
  /** Events above this revision follow. */
  readonly after: number
  /** A bookmark that says the initial entries are complete. */
  readonly initialBookmark: boolean
  readonly bookmarks: boolean
  readonly timeoutMs: number
  readonly includeObject: string | null
}

export interface WatchSink {
  /** `event` is there for memoising when the entry is an event's own. `revision` differs from the entry's when an object left the selection. */
  item(type: 'ADDED' | 'MODIFIED' | 'DELETED', entry: Entry, revision: number, event: StoreEvent | undefined): void
  bookmark(revision: number, initialEnd: boolean): void
  /** Nothing follows. With an error when the watch could not go on. */
  end(error?: StoreError): void
  /** Enough is waiting for the client: initial entries, which can wait, wait. */
  readonly busy: boolean
  /** True when the client does not keep up: the watch is then ended. */
  readonly overflowing: boolean
}

/** Initial entries between two looks at the client, how soon to look again at a busy one, and how long it may not read at all. */
const initialSlice = 200
const paceMs = 5
const stallMs = 60_000

/** Runs until the time is up, the signal is aborted, the store ends it or the sink overflows; then calls `end` once (not after an abort). */
export const runWatch = (plan: WatchPlan, store: Store, clock: Clock, bookmarkMs: number, sink: WatchSink, signal: AbortSignal): void => {
  const { selection, after } = plan
  let stopped = false
  const cleanUps: (() => void)[] = []
  const stop = (): void => {
    stopped = true
    for (const run of cleanUps) run()
  }
  const finish = (error?: StoreError): void => {
    if (stopped) return
    stop()
    sink.end(error)
  }
  signal.addEventListener('abort', stop, { once: true })
  cleanUps.push(() => signal.removeEventListener('abort', stop))
  if (signal.aborted) return

  let sent = after
  const onEvents = (events: readonly StoreEvent[], revision: number): void => {
    for (const event of events) {
      const { entry, previous } = event
      if (selection.everything) sink.item(event.type, entry, event.revision, event)
      else {
        const is = event.type !== 'DELETED' && selection.matches(entry)
        const was = previous !== undefined && selection.matches(previous)
        if (is) sink.item(was ? 'MODIFIED' : 'ADDED', entry, event.revision, was === (event.type === 'MODIFIED') ? event : undefined)
        else if (was) sink.item('DELETED', event.type === 'DELETED' ? entry : previous, event.revision, event.type === 'DELETED' ? event : undefined)
        else continue
      }
      sent = revision
    }
    if (sink.overflowing) finish()
  }
  const follow = (): void => {
    if (plan.initialBookmark) sink.bookmark(after, true)
    try {
      const watch = store.watch(selection.prefix, after, { onEvents, onEnd: error => finish(error) })
      cleanUps.push(() => watch.cancel())
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      finish(error)
      return
    }
    // A timer that fires while the end is already known must do nothing; `stop` cancels both.
    cleanUps.push(clock.after(plan.timeoutMs, () => finish()))
    if (plan.bookmarks) {
      let cancel: () => void = () => undefined
      const tick = (): void => {
        const revision = store.observedRevision()
        if (revision > sent) {
          sent = revision
          sink.bookmark(revision, false)
        }
        cancel = clock.after(bookmarkMs, tick)
      }
      cancel = clock.after(bookmarkMs, tick)
      cleanUps.push(() => cancel())
    }
  }

  // However much there is at the start, the client gets it at its own pace, and little of it waits in memory.
  let at = 0
  let progressMs = clock.now()
  const sendInitial = (): void => {
    if (stopped) return
    const end = Math.min(at + initialSlice, plan.initial.length)
    for (; at < end && !sink.busy; at++) {
      const entry = plan.initial[at]!
      sink.item('ADDED', entry, entry.revision, undefined)
      progressMs = clock.now()
    }
    if (at === plan.initial.length) follow()
    else if (!sink.busy) setImmediate(sendInitial)
    else if (clock.now() - progressMs > stallMs) finish()
    else clock.after(paceMs, sendInitial)
  }
  sendInitial()
}
