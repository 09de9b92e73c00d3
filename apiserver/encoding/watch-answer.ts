// A watch as an answer: bytes for sockets, frozen objects for clients in this process. One encoding per event, however many watch.
import { deepFreeze } from '../../api/deep-freeze.ts'
import { stringifyJson } from '../../api/json.ts'
import type { KubeObject } from '../../api/object.ts'
import { gone, type Status } from '../../api/status.ts'
import { atRevision as entryAt } from '../../store/entry.ts'
import { type Entry, StoreError, type StoreEvent } from '../../store/store.ts'
import type { Context, Parts } from '../context.ts'
import { toStatusError } from '../errors.ts'
import type { Answer, ByteSink, WatchItem } from '../http/answer.ts'
import type { Served } from '../resource-table.ts'
import { runWatch, type WatchPlan, type WatchSink } from '../verbs/watch-plan.ts'
import { eventBytes } from './entry-bytes.ts'
import { loadWatchCodec } from './protobuf.ts'
import { toPartialMetadata } from './partial-metadata.ts'
import { parseIncludeObject, toRow, toTable } from './table.ts'

type Type = 'ADDED' | 'MODIFIED' | 'DELETED'

const endStatus = (error: StoreError, served: Served): Status =>
  (error.code === 'Compacted' ? gone(`too old resource version: ${error.message}`) : toStatusError(error, served.record, '')).status

/** The empty object of the kind that a bookmark carries. */
const bookmarkObject = (served: Served, revision: number, initialEnd: boolean, empty: Record<string, unknown>): KubeObject => ({
  kind: served.record.kind,
  apiVersion: served.record.apiVersion,
  metadata: { resourceVersion: String(revision), ...(initialEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }) },
  ...empty,
})

/** The object at the revision of an event that took it out of the selection. */
const atRevision = (served: Served, entry: Entry, revision: number): KubeObject => {
  const object = served.objectOf(entry)
  if (entry.revision === revision) return object
  return deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } })
}

/** Events pending for a reader in this process, or for a conversion, beyond which a watch is ended. */
const maxPendingItems = 50_000

/**
 * Where converting takes a webhook: what comes after an event waits for it, so that the order stays. Elsewhere nothing waits.
 */
const inOrder = (served: Served, sink: WatchSink): WatchSink => {
  if (!served.ready) return sink
  let chain: Promise<void> | undefined
  let waiting = 0
  let failed = false
  const fail = (error: unknown): void => {
    if (!failed) sink.end(new StoreError('Unavailable', error instanceof Error ? error.message : String(error)))
    failed = true
  }
  const after = (ready: Promise<void> | undefined, run: () => void): void => {
    if (!chain && !ready) {
      run()
      return
    }
    ready?.catch(() => undefined)
    waiting++
    const mine: Promise<void> = (chain ?? Promise.resolve())
      .then(() => ready)
      .then(() => (failed ? undefined : run()), fail)
      .then(() => {
        waiting--
        if (chain === mine) chain = undefined
      })
    chain = mine
  }
  return {
    item: (type, entry, revision, event) => after(served.ready!([entry]), () => sink.item(type, entry, revision, event)),
    bookmark: (revision, initialEnd) => after(undefined, () => sink.bookmark(revision, initialEnd)),
    end: error => after(undefined, () => sink.end(error)),
    get busy() {
      return sink.busy || waiting > maxPendingItems / 4
    },
    get overflowing() {
      return sink.overflowing || waiting > maxPendingItems
    },
  }
}

type Frame = (type: string, object: unknown) => Buffer

const createByteSink = (parts: Parts, context: Context, plan: WatchPlan, sink: ByteSink, frame: Frame | undefined): WatchSink => {
  const { served } = plan
  const { as, version } = context.accepted
  const plain = as === '' && served.servesBytes && !frame
  const write = (type: string, object: unknown): void => sink.write(frame ? frame(type, object) : Buffer.from(`${stringifyJson({ type, object })}\n`))
  // Only the first event of a Table watch carries the column definitions.
  let first = true
  const include = as === 'Table' ? parseIncludeObject(plan.includeObject) : undefined
  const derived = (object: KubeObject, bookmark?: { initialEnd: boolean }): unknown => {
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return toPartialMetadata(object, version)
    if (as !== 'Table') return object
    const withColumns = first
    first = false
    const { resourceVersion } = object.metadata
    // The one that ends the initial events says so in its row's metadata, whatever is to be included.
    const shown = bookmark ? 'Metadata' : include!
    const rows = bookmark?.initialEnd === false ? [] : [toRow(served.record, object, shown, parts.clock.now(), version)]
    return toTable(served.record, rows, resourceVersion === undefined ? {} : { resourceVersion }, version, withColumns)
  }
  return {
    item: (type, entry, revision, event) => {
      if (plain) {
        const encode = (): Buffer => eventBytes(type, (entry.revision === revision ? entry : entryAt(entry, revision)).wire())
        sink.write(event ? event.memo(`json:${type}`, encode) : encode())
      } else if (frame && as === '') {
        const encode = (): Buffer => frame(type, atRevision(served, entry, revision))
        sink.write(event ? event.memo(`protobuf:${served.record.apiVersion}:${type}`, encode) : encode())
      } else write(type, derived(atRevision(served, entry, revision)))
    },
    bookmark: (revision, initialEnd) => {
      const object = bookmarkObject(served, revision, initialEnd, parts.emptyFields(served.record))
      write('BOOKMARK', plain ? object : derived(object, { initialEnd }))
    },
    end: error => {
      if (error) write('ERROR', endStatus(error, served))
      sink.end()
    },
    get busy() {
      return sink.pendingBytes > parts.config.limits.watchBufferBytes / 4
    },
    get overflowing() {
      return sink.pendingBytes > parts.config.limits.watchBufferBytes
    },
  }
}

/** Batches as an async iterable. The watch starts with the iteration and ends when it is left. */
async function* directEvents(parts: Parts, plan: WatchPlan, signal: AbortSignal): AsyncGenerator<readonly WatchItem[]> {
  let pending: WatchItem[] = []
  let ended = false
  let wake: () => void = () => undefined
  const isOver = (): boolean => ended || all.aborted
  const { served } = plan
  const push = (item: WatchItem): void => {
    pending.push(item)
    wake()
  }
  const sink: WatchSink = {
    item: (type: Type, entry: Entry, revision: number, event: StoreEvent | undefined) =>
      push(
        event
          ? event.memo(`item:${served.record.apiVersion}:${type}`, () => ({ type, object: atRevision(served, entry, revision) }))
          : { type, object: atRevision(served, entry, revision) },
      ),
    bookmark: (revision, initialEnd) => push({ type: 'BOOKMARK', object: deepFreeze(bookmarkObject(served, revision, initialEnd, {})) }),
    end: error => {
      ended = true
      if (error) push({ type: 'ERROR', object: endStatus(error, served) })
      wake()
    },
    get busy() {
      return pending.length > maxPendingItems / 4
    },
    get overflowing() {
      return pending.length > maxPendingItems
    },
  }
  const leave = new AbortController()
  const all = AbortSignal.any([signal, leave.signal])
  all.addEventListener(
    'abort',
    () => {
      ended = true
      wake()
    },
    { once: true },
  )
  try {
    runWatch(plan, parts.store, parts.clock, parts.config.limits.bookmarkMs, inOrder(served, sink), all)
    for (;;) {
      if (pending.length) {
        const batch = pending
        pending = []
        yield batch
      } else if (isOver()) return
      else
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
  } finally {
    leave.abort()
  }
}

export const encodeWatch = async (parts: Parts, context: Context, plan: WatchPlan): Promise<Answer> => {
  const { mediaType, as } = context.accepted
  const protobuf = mediaType === 'application/vnd.kubernetes.protobuf'
  const contentType = protobuf ? `${mediaType};stream=watch` : 'application/json'
  // Upstream answers a watch as PartialObjectMetadataList with an empty 200.
  if (as === 'PartialObjectMetadataList') return { status: 200, headers: { 'content-type': contentType }, bytes: [] }
  if (as === 'Table') parseIncludeObject(plan.includeObject)
  const { kind, apiVersion } = plan.served.record
  const frame = protobuf ? (await loadWatchCodec(as === '' ? { kind, apiVersion } : { kind: as, apiVersion: 'meta.k8s.io/v1' })).frame : undefined
  const signal = AbortSignal.any([context.request.signal, parts.stopping])
  return {
    status: 200,
    headers: { 'content-type': contentType },
    stream: (sink, closed) => {
      const all = AbortSignal.any([closed, parts.stopping])
      // The server's own stop is a clean end for the client.
      parts.stopping.addEventListener('abort', () => sink.end(), { once: true, signal: closed })
      runWatch(plan, parts.store, parts.clock, parts.config.limits.bookmarkMs, inOrder(plan.served, createByteSink(parts, context, plan, sink, frame)), all)
    },
    ...(as === '' && { direct: () => ({ events: directEvents(parts, plan, signal) }) }),
  }
}
