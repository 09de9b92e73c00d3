// What every Store promises, whatever lies behind it. Run by store-memory.test.ts and store-etcd.test.ts.
import type { Test } from 'tap'
import type { KubeObject } from '../../api/object.ts'
import { StoreError, type Entry, type Store, type StoredResource, type StoreErrorCode, type StoreEvent, type WatchHandler } from '../../store/store.ts'
import { eventually } from '../harness/eventually.ts'

export interface StoreFixture {
  readonly store: Store
  /** Writes as a program that is not ours does; answers the revision. */
  putForeign: (key: string, value: string) => Promise<number>
  deleteForeign: (key: string) => Promise<void>
  /** Deletes both keys in one revision. */
  deleteTogether: (keys: readonly string[]) => Promise<number>
}

/** A started store of its own (empty) with `pods` and `nodes` registered, or with what is given. */
export type StoreFactory = (t: Test, resources?: readonly StoredResource[]) => Promise<StoreFixture>

export interface TestPod extends KubeObject {
  spec?: { nodeName?: string; filler?: string; count?: number }
}

export const pods: StoredResource = {
  prefix: '/registry/pods/',
  namespaced: true,
  fieldsOf: o => ({ 'spec.nodeName': (o as TestPod).spec?.nodeName ?? '' }),
}
export const nodes: StoredResource = { prefix: '/registry/nodes/', namespaced: false, fieldsOf: () => ({}) }
export const widgets: StoredResource = { prefix: '/registry/example.com/widgets/', namespaced: true, fieldsOf: () => ({}) }

export const podKey = (name: string, namespace = 'default'): string => `/registry/pods/${namespace}/${name}`

export const pod = (name: string, namespace = 'default', spec: TestPod['spec'] = { nodeName: 'n1' }): TestPod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-${name}`, labels: { app: name } },
  spec,
})

export const codeOf = async (promise: Promise<unknown>): Promise<StoreErrorCode | 'none'> => {
  try {
    await promise
    return 'none'
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
}

export interface Seen extends WatchHandler {
  readonly batches: { revision: number; events: readonly StoreEvent[] }[]
  readonly events: StoreEvent[]
  ended?: StoreError
}

/** Records what a watch brings, and checks on the way that batches are whole and in order. */
export const recorder = (): Seen => {
  const seen: Seen = {
    batches: [],
    events: [],
    onEvents: (events, revision) => {
      if (events.some(e => e.revision !== revision)) throw new Error(`a batch of revision ${revision} holds others`)
      const last = seen.batches.at(-1)?.revision ?? 0
      if (revision <= last) throw new Error(`revision ${revision} came after ${last}`)
      seen.batches.push({ revision, events })
      seen.events.push(...events)
    },
    onEnd: error => {
      seen.ended = error
    },
  }
  return seen
}

const names = (entries: Iterable<Entry>): string[] => [...entries].map(e => e.name)
const short = (events: readonly StoreEvent[]): string[] => events.map(e => `${e.type} ${e.entry.name}@${e.entry.revision}`)

export const storeContract = (t: Test, make: StoreFactory): Promise<unknown> =>
  t.test('store contract', async t => {
    // The store's timers let the process end; the tests that wait for them must not.
    const alive = setInterval(() => undefined, 1000)
    t.teardown(() => clearInterval(alive))

    await t.test('create, get, update, delete carry revisions', async t => {
      const { store } = await make(t)
      const created = await store.create(podKey('a'), pod('a'))
      t.equal(created.createRevision, created.revision)
      t.equal(created.namespace, 'default')
      t.equal(created.name, 'a')
      t.same(created.labels, { app: 'a' })
      t.same(created.fields, { 'metadata.name': 'a', 'metadata.namespace': 'default', 'spec.nodeName': 'n1' })
      const got = await store.get(podKey('a'), 'consistent')
      t.equal(got, created, 'the writer and the reader share the entry')
      const updated = await store.update(podKey('a'), pod('a', 'default', { nodeName: 'n2' }), created.revision)
      t.ok(updated.revision > created.revision)
      t.equal(updated.createRevision, created.revision)
      t.equal(updated.fields['spec.nodeName'], 'n2')
      t.equal((await store.get(podKey('a'), 'consistent'))?.revision, updated.revision)
      const deleted = await store.delete(podKey('a'), updated.revision)
      t.ok(deleted.revision > updated.revision)
      t.equal((JSON.parse(deleted.wire().toString()) as TestPod).spec?.nodeName, 'n2')
      t.equal((JSON.parse(deleted.wire().toString()) as TestPod).metadata.resourceVersion, String(deleted.revision))
      t.equal(await store.get(podKey('a'), 'consistent'), undefined)
      t.equal((await store.get(podKey('a'), { exactly: updated.revision }))?.revision, updated.revision)
    })

    await t.test('wire form is canonical JSON with the revision spliced in', async t => {
      const { store } = await make(t)
      const object = { spec: { nodeName: 'ü' }, metadata: pod('a').metadata, kind: 'Pod', apiVersion: 'v1' } as TestPod
      const entry = await store.create(podKey('a'), object)
      const text = entry.wire().toString()
      t.match(text, new RegExp(`^\\{"kind":"Pod","apiVersion":"v1","metadata":\\{"resourceVersion":"${entry.revision}","name":"a"`))
      t.same(JSON.parse(text), entry.object())
      t.equal(entry.json.toString(), text.replace(`"resourceVersion":"${entry.revision}",`, ''))
      t.equal(entry.json.subarray(0, entry.itemAt).toString(), '{"kind":"Pod","apiVersion":"v1",')
      t.equal(entry.json.subarray(0, entry.spliceAt).toString(), '{"kind":"Pod","apiVersion":"v1","metadata":{')
      t.equal(entry.object(), entry.object(), 'shared')
      t.ok(Object.isFrozen(entry.object()) && Object.isFrozen((entry.object() as TestPod).spec))
      t.throws(() => {
        ;(entry.object() as TestPod).spec!.nodeName = 'x'
      })
    })

    await t.test('conflicts are told apart and carry what is there', async t => {
      const { store } = await make(t)
      const a = await store.create(podKey('a'), pod('a'))
      const again = await store.create(podKey('a'), pod('a')).catch((e: unknown) => e as StoreError)
      t.equal((again as StoreError).code, 'Exists')
      t.equal((again as StoreError).current?.revision, a.revision)
      const b = await store.update(podKey('a'), pod('a', 'default', { nodeName: 'b' }), a.revision)
      const late = await store.update(podKey('a'), pod('a'), a.revision).catch((e: unknown) => e as StoreError)
      t.equal((late as StoreError).code, 'Conflict')
      t.equal((late as StoreError).current?.revision, b.revision)
      t.equal((late as StoreError).current?.fields['spec.nodeName'], 'b')
      t.equal(await codeOf(store.update(podKey('none'), pod('none'), 5)), 'NotFound')
      t.equal(await codeOf(store.delete(podKey('a'), a.revision)), 'Conflict')
      t.equal(await codeOf(store.delete(podKey('none'), 5)), 'NotFound')
      t.equal(await codeOf(store.get('/registry/unheard/of', 'any')), 'NotFound')
    })

    await t.test('of many writers with the same revision one wins, and no update is lost', async t => {
      const { store } = await make(t)
      const first = await store.create(podKey('a'), pod('a', 'default', { count: 0 }))
      const race = await Promise.all(
        Array.from({ length: 20 }, (_, i) => codeOf(store.update(podKey('a'), pod('a', 'default', { nodeName: `w${i}` }), first.revision))),
      )
      t.equal(race.filter(code => code === 'none').length, 1)
      t.equal(race.filter(code => code === 'Conflict').length, 19)
      const b = await store.create(podKey('b'), pod('b', 'default', { count: 0 }))
      const increment = async (): Promise<void> => {
        let current: Entry = b
        for (;;) {
          try {
            const spec = (current.object() as TestPod).spec!
            await store.update(podKey('b'), pod('b', 'default', { count: spec.count! + 1 }), current.revision)
            return
          } catch (error) {
            if (!(error instanceof StoreError) || error.code !== 'Conflict') throw error
            current = error.current ?? (await store.get(podKey('b'), 'consistent'))!
          }
        }
      }
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 10; i++) await increment()
        }),
      )
      t.equal(((await store.get(podKey('b'), 'consistent'))!.object() as TestPod).spec!.count, 80)
    })

    await t.test('creates of one key race to one winner', async t => {
      const { store } = await make(t)
      const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(store.create(podKey('a'), pod('a')))))
      t.equal(codes.filter(code => code === 'none').length, 1)
      t.equal(codes.filter(code => code === 'Exists').length, 19)
    })

    await t.test('a consistent read sees every write that was answered before', async t => {
      const { store } = await make(t)
      for (let i = 0; i < 100; i++) {
        const entry = await store.create(podKey(`p${i}`), pod(`p${i}`))
        const read =
          i % 2
            ? await store.get(podKey(`p${i}`), 'consistent')
            : [...(await store.list('/registry/pods/', { freshness: 'consistent' })).entries].find(e => e.name === `p${i}`)
        t.equal(read?.revision, entry.revision)
      }
    })

    await t.test('lists are sorted, paged, and stay as they were', async t => {
      const { store } = await make(t)
      for (const name of ['c', 'a', 'b']) await store.create(podKey(name), pod(name))
      await store.create(podKey('a', 'default-2'), pod('a', 'default-2'))
      await store.create(podKey('z', 'aaa'), pod('z', 'aaa'))
      await store.create('/registry/nodes/n1', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } })
      const all = await store.list('/registry/pods/', { freshness: 'consistent' })
      t.same(
        [...all.entries].map(e => `${e.namespace}/${e.name}`),
        ['aaa/z', 'default-2/a', 'default/a', 'default/b', 'default/c'],
      )
      t.equal(all.count, 5)
      t.same(names((await store.list('/registry/pods/default/', { freshness: 'any' })).entries), ['a', 'b', 'c'])
      const page = await store.list('/registry/pods/default/', { freshness: 'any', startAfter: podKey('a') })
      t.same(names(page.entries), ['b', 'c'])
      t.equal(page.count, 2)
      t.same(names((await store.list(podKey('b'), { freshness: 'any' })).entries), ['b'])
      t.same(names((await store.list('/registry/pods/none/', { freshness: 'any' })).entries), [])
      await store.delete(podKey('b'), (await store.get(podKey('b'), 'any'))!.revision)
      await store.create(podKey('d'), pod('d'))
      await store.list('/registry/pods/', { freshness: 'consistent' })
      t.same(names(page.entries), ['b', 'c'], 'a list that was handed out does not change')
      const before = await store.list('/registry/pods/default/', { freshness: { exactly: all.revision } })
      t.same(names(before.entries), ['a', 'b', 'c'])
      t.equal(before.revision, all.revision)
      t.same(names((await store.list('/registry/pods/default/', { freshness: 'any' })).entries), ['a', 'c', 'd'])
    })

    await t.test('every remembered revision can be listed exactly', async t => {
      const { store } = await make(t)
      const model = new Map<string, number>()
      const history: { revision: number; state: Map<string, number> }[] = []
      let seed = 7
      const random = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
      for (let i = 0; i < 700; i++) {
        const name = `p${random(40)}`
        const at = model.get(name)
        let revision: number
        if (at === undefined) {
          revision = (await store.create(podKey(name), pod(name))).revision
          model.set(name, revision)
        } else if (random(3) === 0) {
          revision = (await store.delete(podKey(name), at)).revision
          model.delete(name)
        } else {
          revision = (await store.update(podKey(name), pod(name, 'default', { count: i }), at)).revision
          model.set(name, revision)
        }
        if (i % 13 === 0) history.push({ revision, state: new Map(model) })
      }
      for (const { revision, state } of history) {
        const list = await store.list('/registry/pods/', { freshness: { exactly: revision } })
        const found = new Map([...list.entries].map(e => [e.name, e.revision]))
        t.equal(list.count, state.size)
        t.strictSame([...found].sort(), [...state].sort(), `at revision ${revision}`)
      }
    })

    await t.test('reads of the future wait, then say so', async t => {
      const { store } = await make(t)
      const a = await store.create(podKey('a'), pod('a'))
      const waiting = store.get(podKey('b'), { atLeast: a.revision + 1 })
      const b = await store.create(podKey('b'), pod('b'))
      t.equal((await waiting)?.revision, b.revision)
      const began = Date.now()
      t.equal(await codeOf(store.list('/registry/pods/', { freshness: { atLeast: b.revision + 1000 } })), 'FutureRevision')
      t.ok(Date.now() - began >= 2900, 'after three seconds')
      const controller = new AbortController()
      const aborted = store.get(podKey('a'), { atLeast: b.revision + 1000 }, controller.signal)
      controller.abort(new Error('enough'))
      await t.rejects(aborted, { message: 'enough' })
    })

    await t.test('a watch brings what happens after its revision', async t => {
      const { store } = await make(t)
      const a = await store.create(podKey('a'), pod('a'))
      const seen = recorder()
      const watch = store.watch('/registry/pods/', a.revision, seen)
      const a2 = await store.update(podKey('a'), pod('a', 'default', { nodeName: 'n2' }), a.revision)
      const b = await store.create(podKey('b', 'other'), pod('b', 'other'))
      const gone = await store.delete(podKey('a'), a2.revision)
      await eventually(() => seen.events.length === 3)
      t.same(short(seen.events), [`MODIFIED a@${a2.revision}`, `ADDED b@${b.revision}`, `DELETED a@${gone.revision}`])
      t.equal(seen.events[0]!.previous?.revision, a.revision)
      t.equal(seen.events[2]!.previous?.revision, a2.revision)
      t.equal((seen.events[2]!.entry.object() as TestPod).spec?.nodeName, 'n2', 'DELETED shows the last state')
      t.equal(seen.events[2]!.entry.object().metadata.resourceVersion, String(gone.revision))
      t.equal(
        seen.events[0]!.memo('x', () => ({})),
        seen.events[0]!.memo('x', () => ({})),
        'an encoding is made once',
      )
      watch.cancel()
      watch.cancel()
      const c = await store.create(podKey('c'), pod('c'))
      await store.get(podKey('c'), { atLeast: c.revision })
      t.equal(seen.events.length, 3, 'nothing comes after cancel')
      t.equal(seen.ended, undefined)
    })

    await t.test('an own write is not parsed again: readers and watches share its object', async t => {
      const { store } = await make(t)
      const seen = recorder()
      store.watch('/registry/pods/', store.observedRevision(), seen)
      const object = pod('a', 'default', { filler: 'x'.repeat(1000) })
      const entry = await store.create(podKey('a'), object)
      await eventually(() => seen.events.length === 1)
      t.equal(seen.events[0]!.entry, entry)
      t.equal((entry.object() as TestPod).spec, object.spec, 'not a copy')
    })

    await t.test('watches see their namespace or their key only', async t => {
      const { store } = await make(t)
      const [all, ns, one] = [recorder(), recorder(), recorder()]
      const after = store.observedRevision()
      store.watch('/registry/pods/', after, all)
      store.watch('/registry/pods/ns/', after, ns)
      store.watch(podKey('a', 'ns'), after, one)
      await store.create(podKey('a', 'ns'), pod('a', 'ns'))
      await store.create(podKey('ab', 'ns'), pod('ab', 'ns'))
      await store.create(podKey('a', 'ns2'), pod('a', 'ns2'))
      await eventually(() => all.events.length === 3)
      t.equal(ns.events.length, 2)
      t.equal(one.events.length, 1)
    })

    await t.test('a watch resumes from any remembered revision, while more happens', async t => {
      const { store } = await make(t)
      const first = await store.create(podKey('p'), pod('p', 'default', { count: 0 }))
      let revision = first.revision
      const revisions: number[] = []
      const write = async (): Promise<void> => {
        revisions.push((revision = (await store.update(podKey('p'), pod('p', 'default', { count: revisions.length }), revision)).revision))
      }
      for (let i = 0; i < 1200; i++) await write()
      const watches = [0, 100, 600, 1199].map(i => ({ i, seen: recorder() }))
      for (const { i, seen } of watches) store.watch('/registry/pods/', revisions[i]!, seen)
      for (let i = 0; i < 100; i++) await write()
      for (const { i, seen } of watches) {
        await eventually(() => seen.events.length === 1300 - i - 1)
        t.strictSame(
          seen.events.map(e => e.revision),
          revisions.slice(i + 1),
        )
      }
    })

    await t.test('all events of one revision come together', async t => {
      const { store, deleteTogether } = await make(t)
      for (const name of ['a', 'b', 'c']) await store.create(podKey(name, name === 'c' ? 'other' : 'default'), pod(name, name === 'c' ? 'other' : 'default'))
      const [all, ns] = [recorder(), recorder()]
      const after = await store.currentRevision()
      store.watch('/registry/pods/', after, all)
      store.watch('/registry/pods/default/', after, ns)
      const revision = await deleteTogether([podKey('a'), podKey('b'), podKey('c', 'other')])
      await eventually(() => all.batches.length === 1 && ns.batches.length === 1)
      t.equal(all.batches[0]!.revision, revision)
      t.strictSame(all.batches[0]!.events.map(e => e.entry.name).sort(), ['a', 'b', 'c'])
      t.strictSame(ns.batches[0]!.events.map(e => e.entry.name).sort(), ['a', 'b'])
    })

    await t.test('foreign keys advance the revision, foreign values become canonical', async t => {
      const { store, putForeign } = await make(t)
      const elsewhere = await putForeign('/some/where/else', 'anything')
      t.ok((await store.currentRevision()) >= elsewhere)
      await store.list('/registry/pods/', { freshness: 'consistent' })
      t.ok(store.observedRevision() >= elsewhere)
      const revision = await putForeign(
        podKey('f'),
        JSON.stringify(
          {
            metadata: { name: 'f', namespace: 'default', resourceVersion: '1' },
            spec: { nodeName: 'nf' },
            kind: 'Pod',
            apiVersion: 'v1',
          },
          undefined,
          2,
        ),
      )
      const entry = (await store.get(podKey('f'), 'consistent'))!
      t.equal(
        entry.wire().toString(),
        `{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"${revision}","name":"f","namespace":"default"},"spec":{"nodeName":"nf"}}`,
      )
      t.equal(entry.fields['spec.nodeName'], 'nf')
      const upstream = await putForeign(podKey('g'), '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"g","namespace":"default"}}\n')
      t.equal(
        (await store.get(podKey('g'), 'consistent'))?.wire().toString(),
        `{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"${upstream}","name":"g","namespace":"default"}}`,
      )
    })

    await t.test('an unreadable value is left out, explained, and comes back when it is mended', async t => {
      const { store, putForeign, deleteForeign } = await make(t)
      const a = await store.create(podKey('a'), pod('a'))
      const seen = recorder()
      store.watch('/registry/pods/', a.revision, seen)
      for (const bad of [
        'not json',
        '{"kind":"Pod"',
        '[]',
        '{"kind":"Pod","apiVersion":"v1"}',
        '{"kind":"Pod","apiVersion":"v1","metadata":{}}',
        'k8s\0\n\x0cv1',
        '',
        'k8s:enc:aesgcm:v1:key1:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      ]) {
        await putForeign(podKey('bad'), bad)
        const list = await store.list('/registry/pods/', { freshness: 'consistent' })
        t.same(names(list.entries), ['a'])
        t.equal(await codeOf(store.get(podKey('bad'), 'consistent')), 'Corrupt', JSON.stringify(bad))
      }
      await putForeign(podKey('bad'), JSON.stringify(pod('bad')))
      t.equal((await store.get(podKey('bad'), 'consistent'))?.name, 'bad')
      await putForeign(podKey('a'), 'broken')
      t.same(names((await store.list('/registry/pods/', { freshness: 'consistent' })).entries), ['bad'])
      await deleteForeign(podKey('a'))
      t.equal(await store.get(podKey('a'), 'consistent'), undefined)
      t.same(
        seen.events.map(e => `${e.type} ${e.entry.name}`),
        ['ADDED bad', 'DELETED a'],
      )
    })

    await t.test('values too big for the database are refused, and nothing changes', async t => {
      const { store } = await make(t)
      t.equal(await codeOf(store.create(podKey('big'), pod('big', 'default', { filler: 'x'.repeat(1.6 * 2 ** 20) }))), 'TooLarge')
      t.equal(await codeOf(store.create(podKey('huge'), pod('huge', 'default', { filler: 'x'.repeat(5 * 2 ** 20) }))), 'TooLarge')
      const ok = await store.create(podKey('ok'), pod('ok', 'default', { filler: 'x'.repeat(1.4 * 2 ** 20) }))
      t.equal(await codeOf(store.update(podKey('ok'), pod('ok', 'default', { filler: 'x'.repeat(1.6 * 2 ** 20) }), ok.revision)), 'TooLarge')
      t.same(names((await store.list('/registry/pods/', { freshness: 'consistent' })).entries), ['ok'])
    })

    await t.test('a time to live ends an object, and an update without one keeps it', async t => {
      const { store } = await make(t)
      const seen = recorder()
      store.watch('/registry/pods/', store.observedRevision(), seen)
      const brief = await store.create(podKey('brief'), pod('brief'), { ttlSeconds: 2 })
      await store.update(podKey('brief'), pod('brief', 'default', { nodeName: 'n2' }), brief.revision)
      const longer = await store.create(podKey('longer'), pod('longer'), { ttlSeconds: 2 })
      await store.update(podKey('longer'), pod('longer', 'default', { nodeName: 'n2' }), longer.revision, { ttlSeconds: 3600 })
      await store.create(podKey('stays'), pod('stays'))
      await eventually(() => seen.events.some(e => e.type === 'DELETED' && e.entry.name === 'brief'))
      t.same(names((await store.list('/registry/pods/', { freshness: 'consistent' })).entries), ['longer', 'stays'])
    })

    await t.test('resources come, change and go while the store runs', async t => {
      const { store, putForeign } = await make(t)
      const key = '/registry/example.com/widgets/default/w'
      await putForeign(
        key,
        JSON.stringify({
          kind: 'Widget',
          apiVersion: 'example.com/v1',
          metadata: { name: 'w', namespace: 'default' },
          old: 1,
          kept: 2,
        }),
      )
      await store.currentRevision()
      t.equal(await codeOf(store.get(key, 'consistent')), 'NotFound')
      await store.register(widgets)
      t.match((await store.get(key, 'consistent'))?.object(), { old: 1, kept: 2 })
      const seen = recorder()
      store.watch(widgets.prefix, store.observedRevision(), seen)
      await store.register({
        ...widgets,
        fieldsOf: o => ({ kept: String((o as unknown as { kept: number }).kept) }),
        normalize: o => {
          const { old: _, ...rest } = o as KubeObject & { old?: number }
          return rest
        },
      })
      t.equal(seen.ended?.code, 'Unavailable')
      const pruned = (await store.get(key, 'consistent'))!
      t.notOk('old' in pruned.object())
      t.equal(pruned.fields['kept'], '2')
      await store.register(widgets)
      t.match((await store.get(key, 'consistent'))?.object(), { old: 1, kept: 2 }, 'what was pruned is still stored')
      const again = recorder()
      store.watch(widgets.prefix, store.observedRevision(), again)
      store.unregister(widgets.prefix)
      t.equal(again.ended?.code, 'NotFound')
      t.equal(await codeOf(store.get(key, 'consistent')), 'NotFound')
      await store.register(widgets)
      t.equal((await store.get(key, 'consistent'))?.name, 'w')
    })

    await t.test('watches that are too old are refused at once', async t => {
      const { store } = await make(t)
      t.throws(() => store.watch('/registry/pods/', -1, recorder()), { code: 'Compacted' })
      t.equal(await codeOf(store.list('/registry/pods/', { freshness: { exactly: -1 } })), 'Compacted')
    })

    await t.test('10,000 objects are listed in order, in one go and page by page', async t => {
      const { store } = await make(t)
      for (let i = 0; i < 10_000; i += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, j) => store.create(podKey(`p${String(i + j).padStart(5, '0')}`), pod(`p${String(i + j).padStart(5, '0')}`))),
        )
      }
      const list = await store.list('/registry/pods/', { freshness: 'consistent' })
      t.equal(list.count, 10_000)
      const keys = [...list.entries].map(e => e.key)
      t.equal(keys.length, 10_000)
      t.ok(keys.every((key, i) => i === 0 || keys[i - 1]! < key))
      const paged: string[] = []
      for (let startAfter: string | undefined; ;) {
        const page = await store.list('/registry/pods/', {
          freshness: { exactly: list.revision },
          ...(startAfter !== undefined && { startAfter }),
        })
        const before = paged.length
        for (const entry of page.entries) {
          paged.push(entry.key)
          if (paged.length - before === 700) break
        }
        if (paged.length === before) break
        t.equal(page.count, 10_000 - before)
        startAfter = paged.at(-1)!
        // Changes between the pages do not show.
        await store.create(podKey(`late${paged.length}`), pod(`late${paged.length}`))
      }
      t.strictSame(paged, keys)
    })

    await t.test('stop ends everything, twice without harm', async t => {
      const { store } = await make(t)
      const seen = recorder()
      store.watch('/registry/pods/', store.observedRevision(), seen)
      await store.health(AbortSignal.timeout(5000))
      await store.stop()
      await store.stop()
      t.equal(seen.ended?.code, 'Unavailable')
      t.equal(await codeOf(store.get(podKey('a'), 'any')), 'Unavailable')
      t.equal(await codeOf(store.create(podKey('a'), pod('a'))), 'Unavailable')
      t.equal(await codeOf(store.health(AbortSignal.timeout(5000))), 'Unavailable')
    })
  })
