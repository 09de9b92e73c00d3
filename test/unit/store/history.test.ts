import t from 'tap'
import { createEntry, toContent } from '../../../store/entry.ts'
import { History, HistoryEvent, trimHistories } from '../../../store/history.ts'
import type { Entry } from '../../../store/store.ts'
import { SortedTree } from '../../../store/tree.ts'

const resource = { prefix: '/r/', namespaced: false, fieldsOf: () => ({}) }
const entryAt = (name: string, revision: number): Entry =>
  createEntry(`/r/${name}`, toContent({ kind: 'T', apiVersion: 'v1', metadata: { name } }, resource), revision, revision)

/** `count` revisions of one event each, over seven names. */
const grow = (history: History, from: number, count: number, atMs: (i: number) => number = () => 0): SortedTree<Entry> => {
  let tree = SortedTree.empty<Entry>()
  for (let i = 0; i < count; i++) {
    const entry = entryAt(`n${i % 7}`, from + i)
    const previous = tree.get(entry.key)
    tree = tree.with(entry)
    history.append(new HistoryEvent(previous ? 'MODIFIED' : 'ADDED', entry, previous, from + i), atMs(i))
    history.endRevision(from + i, tree)
  }
  return tree
}

void t.test('takes the tree back to any revision above the floor', async t => {
  const history = new History(100)
  const tree = grow(history, 101, 1000)
  for (const revision of [100, 101, 107, 355, 356, 357, 612, 1099, 1100]) {
    const there = [...history.treeAt(revision, tree).range('', '\uffff')].map(e => e.revision).sort((a, b) => a - b)
    const expected = Array.from({ length: Math.min(7, revision - 100) }, (_, i) => revision - i).reverse()
    t.strictSame(there, expected, `at ${revision}`)
  }
})

void t.test('hands out what came after a revision, whole revisions only', async t => {
  const history = new History(0)
  for (let revision = 1; revision <= 5; revision++) {
    for (const name of ['a', 'b', 'c']) history.append(new HistoryEvent('ADDED', entryAt(name, revision), undefined, revision), 0)
  }
  t.strictSame(
    history.after(3).map(e => e.revision),
    [4, 4, 4, 5, 5, 5],
  )
  t.strictSame(
    history.after(0, 4).map(e => e.revision),
    [1, 1, 1, 2, 2, 2],
  )
  t.strictSame(history.after(5), [])
  history.shift()
  t.equal(history.floor, 1)
  t.equal(history.count, 12)
})

void t.test('forgets by count, by age and by bytes, the biggest first', async t => {
  const [big, small] = [new History(0), new History(0)]
  grow(big, 1, 3000, i => i)
  grow(small, 1, 100, i => i)
  const budget = { maxEventsPerResource: 2500, maxBytes: Infinity, maxAgeMs: Infinity }
  trimHistories([big, small], [big, small], budget, 3000)
  t.strictSame([big.count, big.floor, small.count], [2500, 500, 100])
  trimHistories([big], [big, small], { ...budget, maxAgeMs: 1000 }, 3000)
  t.strictSame([big.count, big.oldestAtMs, small.count], [1000, 2000, 100])
  trimHistories([small], [big, small], { ...budget, maxBytes: big.bytes / 2 }, 3000)
  t.ok(big.bytes + small.bytes <= 500 * 800)
  t.equal(small.count, 100, 'a quiet resource keeps its history')
  const perEvent = big.bytes / big.count
  t.ok(perEvent > 700 && perEvent < 1000)
  trimHistories([big], [big, small], { ...budget, maxBytes: 0 }, 3000)
  t.strictSame([big.count, small.count, big.bytes, small.bytes], [0, 0, 0, 0])
  t.strictSame([big.floor, small.floor], [3000, 100])
})

void t.test('encodings are made once, and let go far back', async t => {
  const history = new History(0)
  let made = 0
  const event = new HistoryEvent('ADDED', entryAt('a', 1), undefined, 1)
  history.append(event, 0)
  const encode = (): number => event.memo('json', () => ++made)
  t.strictSame([encode(), encode()], [1, 1])
  grow(history, 2, 300)
  t.equal(encode(), 2)
})
