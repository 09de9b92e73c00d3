import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { createEntry, toContent } from '../../../store/entry.ts'
import { History, HistoryEvent } from '../../../store/history.ts'
import type { StoreError, WatchHandler } from '../../../store/store.ts'
import { Watchers } from '../../../store/watchers.ts'

const resource = { prefix: '/r/', namespaced: true, fieldsOf: () => ({}) }
const event = (key: string, revision: number): HistoryEvent =>
  new HistoryEvent(
    'ADDED',
    createEntry(key, toContent({ kind: 'T', apiVersion: 'v1', metadata: { name: 'x' } }, resource), revision, revision),
    undefined,
    revision,
  )
const collect = (): WatchHandler & { seen: number[]; ended?: StoreError } => {
  const handler: WatchHandler & { seen: number[]; ended?: StoreError } = {
    seen: [],
    onEvents: (_, revision) => {
      handler.seen.push(revision)
    },
    onEnd: error => {
      handler.ended = error
    },
  }
  return handler
}
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

void t.test('a handler that throws ends its own watch only', async t => {
  const watchers = new Watchers('/r/', createLogger('silent'))
  const good = collect()
  const bad = {
    ...collect(),
    onEvents: () => {
      throw new Error('mine')
    },
  }
  let ended: StoreError | undefined
  bad.onEnd = error => {
    ended = error
  }
  const history = new History(0)
  watchers.add('/r/', 0, bad, history, 0)
  watchers.add('/r/', 0, good, history, 0)
  watchers.deliver([event('/r/ns/x', 1)], 1)
  watchers.deliver([event('/r/ns/x', 2)], 2)
  t.strictSame(good.seen, [1, 2])
  t.equal(ended?.code, 'Unavailable')
})

void t.test('a watch that catches up misses nothing that happens meanwhile, and nothing comes twice', async t => {
  const watchers = new Watchers('/r/', createLogger('silent'))
  const history = new History(0)
  const add = (revision: number): void => {
    const e = event('/r/ns/x', revision)
    history.append(e, 0)
    watchers.deliver([e], revision)
  }
  for (let revision = 1; revision <= 1200; revision++) add(revision)
  const handler = collect()
  watchers.add('/r/', 100, handler, history, 1200)
  t.strictSame(handler.seen, [], 'nothing comes inside the call')
  for (let revision = 1201; revision <= 1210; revision++) {
    await turn()
    add(revision)
  }
  await turn()
  t.strictSame(
    handler.seen,
    Array.from({ length: 1110 }, (_, i) => 101 + i),
  )
})

void t.test('a watch that falls behind what is remembered ends as compacted', async t => {
  const watchers = new Watchers('/r/', createLogger('silent'))
  const history = new History(0)
  for (let revision = 1; revision <= 1200; revision++) history.append(event('/r/ns/x', revision), 0)
  const handler = collect()
  watchers.add('/r/', 0, handler, history, 1200)
  await turn()
  while (history.count > 10) history.shift()
  await turn()
  await turn()
  t.equal(handler.ended?.code, 'Compacted')
  t.strictSame(
    handler.seen,
    Array.from({ length: 500 }, (_, i) => 1 + i),
    'what came is without a gap',
  )
})

void t.test('cancel inside the handler stops the rest of the backlog', async t => {
  const watchers = new Watchers('/r/', createLogger('silent'))
  const history = new History(0)
  for (let revision = 1; revision <= 10; revision++) history.append(event('/r/ns/x', revision), 0)
  const handler = collect()
  const watch = watchers.add(
    '/r/',
    0,
    {
      ...handler,
      onEvents: (_, revision) => {
        handler.seen.push(revision)
        if (revision === 3) watch.cancel()
      },
    },
    history,
    10,
  )
  await turn()
  await turn()
  t.strictSame(handler.seen, [1, 2, 3])
})
