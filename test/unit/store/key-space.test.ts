// A resource that is registered late has the same past as one that was there from the start.
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import type { RawEvent } from '../../../store/backend.ts'
import { DormantHistory, undo } from '../../../store/dormant-history.ts'
import { KeySpace } from '../../../store/key-space.ts'
import { OwnWrites } from '../../../store/own-writes.ts'
import type { StoreEvent } from '../../../store/store.ts'
import { identityTransformer } from '../../../store/transformer.ts'
import { ValueCodec } from '../../../store/value-codec.ts'

const things = { prefix: '/registry/example.com/things/', namespaced: false, fieldsOf: () => ({}) }
const keyOf = (name: string): string => things.prefix + name
const bytes = (name: string, n: number): Buffer => Buffer.from(JSON.stringify({ kind: 'Thing', apiVersion: 'example.com/v1', metadata: { name }, n }))

const put = (name: string, n: number, createRevision: number): RawEvent => ({
  type: 'put',
  key: keyOf(name),
  value: bytes(name, n),
  revision: n,
  createRevision,
})
const remove = (name: string, revision: number): RawEvent => ({ type: 'delete', key: keyOf(name), revision })
const show = (e: StoreEvent): string => `${e.type} ${e.entry.name}@${e.revision} was ${e.previous?.revision ?? 'nothing'}`

const fill = async (): Promise<KeySpace> => {
  const keys = new KeySpace('/registry/', new ValueCodec('', identityTransformer), createLogger('silent'))
  const intake = keys.intake()
  await intake.page(['a', 'b'].map((name, i) => ({ key: keyOf(name), value: bytes(name, i + 1), revision: i + 1, createRevision: i + 1 })))
  intake.finish(10)
  return keys
}
const changes: readonly RawEvent[] = [put('c', 11, 11), put('a', 12, 1), remove('b', 13), put('b', 14, 14), remove('c', 15), put('a', 16, 1)]
const apply = (keys: KeySpace, events: readonly RawEvent[]): void => {
  for (const event of events) keys.apply([event], new OwnWrites(), 0)
}

void t.test('registered late, a resource remembers what happened since the cache was filled', async t => {
  const [early, late] = [await fill(), await fill()]
  await early.register(things, () => 10, 0)
  apply(early, changes)
  apply(late, changes)
  await late.register(things, () => 16, 0)
  const [known, other] = [early.of(things.prefix), late.of(things.prefix)]
  t.equal(other.history.floor, 10)
  t.strictSame(other.history.after(10).map(show), known.history.after(10).map(show))
  t.equal(other.history.after(10).length, changes.length)
  for (const revision of [10, 11, 12, 13, 14, 15, 16]) {
    const at = (cache: typeof known): string[] => [...cache.treeFor({ exactly: revision }).range('', '\uffff')].map(e => `${e.name}@${e.revision}`)
    t.strictSame(at(other), at(known), `the objects at ${revision}`)
  }
})

void t.test('what happened while another resource had the values is not made up', async t => {
  const keys = await fill()
  apply(keys, changes.slice(0, 2))
  await keys.register(things, () => 12, 0)
  apply(keys, changes.slice(2, 4))
  keys.unregister(things.prefix, 14)
  apply(keys, changes.slice(4))
  await keys.register(things, () => 16, 0)
  const { history } = keys.of(things.prefix)
  t.equal(history.floor, 14)
  t.strictSame(history.after(14).map(show), ['DELETED c@15 was 11', 'MODIFIED a@16 was 12'])
})

void t.test('keeps no more than it may, whole revisions only', async t => {
  const past = new DormantHistory({ maxChanges: 3, maxBytes: 1000 })
  past.reset(5)
  for (const [name, revision] of [
    ['a', 6],
    ['b', 6],
    ['a', 7],
    ['a', 8],
  ] as const)
    past.append({ key: name, event: put(name, revision, 1), previous: undefined })
  t.equal(past.floor, 6)
  t.same(
    past.take('').map(c => c.event.revision),
    [7, 8],
  )
  past.append({ key: 'huge', event: { ...put('huge', 9, 9), value: Buffer.alloc(2000) } as RawEvent, previous: undefined })
  t.equal(past.floor, 9)
  t.same(past.take(''), [])
})

void t.test('undo goes back to what was there', async t => {
  const value = (key: string, revision: number) => ({ key, value: Buffer.alloc(0), revision, createRevision: 1, plain: false })
  const before = undo(
    [value('a', 3)],
    [
      { key: 'a', event: put('a', 2, 1), previous: value('a', 1) },
      { key: 'a', event: put('a', 3, 1), previous: value('a', 2) },
    ],
  )
  t.same(
    before.map(v => v.revision),
    [1],
  )
})
