// The informer against a scripted transport that speaks the wire format: what handlers see when watches break, expire and relist.
import t from 'tap'
import { defineResource } from '../../../api/resource.ts'
import { createApiClient } from '../../../client/api-client.ts'
import { createInformerFactory } from '../../../client/informer.ts'
import { TransportError } from '../../../client/transport-error.ts'
import type { Informer, Transport } from '../../../client/types.ts'
import { createFakeClock } from './fake-clock.ts'

const configMaps = defineResource<any>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true })
const log: any = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log }
const object = (name: string, version: number, uid = name, more = {}): any => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns', uid, resourceVersion: String(version) },
  ...more,
})

interface Watch {
  from: string
  send(...events: object[]): void
  end(): void
  fail(): void
}

/** A server whose lists are given and whose watches the test drives. */
const createScript = (): { transport: Transport; lists: any[]; watches: Watch[]; requests: string[] } => {
  const lists: any[] = []
  const watches: Watch[] = []
  const requests: string[] = []
  const transport: Transport = {
    async request({ path, signal }) {
      requests.push(path)
      if (!path.includes('watch=true')) {
        const list = lists.shift()
        if (!list) throw new TransportError('no list is scripted', undefined)
        return {
          status: 200,
          headers: {},
          body: (async function* () {
            yield Buffer.from(JSON.stringify(list))
          })(),
        }
      }
      const { readable, writable } = new TransformStream<Uint8Array>(undefined, undefined, { highWaterMark: 100 })
      const writer = writable.getWriter()
      signal?.addEventListener('abort', () => void writer.abort(signal.reason).catch(() => undefined))
      watches.push({
        from: new URLSearchParams(path.split('?')[1]).get('resourceVersion') ?? '',
        send: (...events) => {
          for (const event of events) void writer.write(Buffer.from(`${JSON.stringify(event)}\n`))
        },
        end: () => void writer.close(),
        fail: () => void writer.abort(new TransportError('cut', undefined)),
      })
      return { status: 200, headers: {}, body: readable as unknown as AsyncIterable<Uint8Array> }
    },
    close: async () => undefined,
  }
  return { transport, lists, watches, requests }
}

const record = (informer: Informer<any>): string[] => {
  const seen: string[] = []
  informer.on({
    add: (o, initial) => seen.push(`${initial ? 'initial' : 'add'} ${o.metadata.name}@${o.metadata.resourceVersion}`),
    update: (o, old) => seen.push(`update ${o.metadata.name}@${old.metadata.resourceVersion}>${o.metadata.resourceVersion}`),
    delete: o => seen.push(`delete ${o.metadata.name}@${o.metadata.resourceVersion}`),
  })
  return seen
}
const setUp = (t: {
  teardown(fn: () => void): void
}): ReturnType<typeof createScript> & { informer: Informer<any>; clock: ReturnType<typeof createFakeClock>; seen: string[] } => {
  const script = createScript()
  const clock = createFakeClock()
  const stop = new AbortController()
  t.teardown(() => stop.abort(new Error('over')))
  const factory = createInformerFactory(createApiClient(script.transport, { userAgent: 'test', clock }), { log, clock })
  const informer = factory.of(configMaps)
  const seen = record(informer)
  factory.start(stop.signal)
  return { ...script, informer, clock, seen }
}
const list = (version: number, ...items: any[]): object => ({
  kind: 'ConfigMapList',
  apiVersion: 'v1',
  metadata: { resourceVersion: String(version) },
  items: items.map(({ kind: _k, apiVersion: _a, ...item }) => item),
})

await t.test('lists once, then follows; resumes exactly after a break', async t => {
  const { lists, watches, requests, informer, clock, seen } = setUp(t)
  t.equal(informer.hasSynced(), false)
  await clock.advanceAsync(0)
  lists.push(list(10, object('a', 5), object('b', 6)))
  await clock.advanceAsync(1_000)
  await informer.synced
  t.same(seen.splice(0), ['initial a@5', 'initial b@6'])
  t.equal(watches[0]!.from, '10')
  watches[0]!.send({ type: 'MODIFIED', object: object('a', 11) }, { type: 'ADDED', object: object('c', 12) }, { type: 'DELETED', object: object('b', 13) })
  await clock.advanceAsync(0)
  t.same(seen.splice(0), ['update a@5>11', 'add c@12', 'delete b@13'])
  watches[0]!.send({ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '20' } } })
  await clock.advanceAsync(0)
  watches[0]!.fail()
  await clock.advanceAsync(1_000)
  t.equal(watches[1]?.from, '20', 'the bookmark moved the version on')
  watches[1]!.end()
  await clock.advanceAsync(10)
  t.equal(watches[2]?.from, '20')
  t.same(seen, [], 'a break changes nothing')
  t.equal(requests.filter(r => !r.includes('watch')).length, 3, 'two failed lists and one that served')
  t.same(
    informer
      .list('ns')
      .map(o => o.metadata.name)
      .sort(),
    ['a', 'c'],
  )
  t.match(informer.get('ns/a'), { kind: 'ConfigMap', apiVersion: 'v1' })
  t.throws(
    () => {
      informer.get('ns/a').metadata.name = 'x'
    },
    TypeError,
    'objects are frozen',
  )
})

await t.test('410: reads anew, and handlers see what changed meanwhile', async t => {
  const { lists, watches, clock, seen, informer } = setUp(t)
  lists.push(list(10, object('same', 1), object('changed', 2), object('gone', 3), object('again', 4, 'first')))
  await clock.advanceAsync(1_000)
  seen.length = 0
  lists.push(list(30, object('same', 1), object('changed', 22), object('new', 23), object('again', 24, 'second')))
  watches[0]!.send({
    type: 'ERROR',
    object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410, message: 'too old' },
  })
  await clock.advanceAsync(1_000)
  t.same(seen, ['update changed@2>22', 'add new@23', 'delete again@4', 'add again@24', 'delete gone@3'])
  t.equal(watches[1]?.from, '30')
  informer.addIndex('uid', o => [o.metadata.uid])
  t.equal(informer.byIndex('uid', 'second')[0]?.metadata.name, 'again')
  t.same(informer.byIndex('uid', 'first'), [])
})

await t.test('a server that is away is asked with back-off, never in a tight loop', async t => {
  const { requests, clock } = setUp(t)
  await clock.advanceAsync(60_000)
  t.ok(requests.length > 5 && requests.length < 40, `${requests.length} requests in a minute`)
})

await t.test('a handler that comes late sees what is there; a removed one sees nothing more', async t => {
  const { lists, watches, clock, informer } = setUp(t)
  lists.push(list(10, object('a', 5)))
  await clock.advanceAsync(10)
  const late: string[] = []
  const remove = informer.on({ add: (o, initial) => late.push(`${o.metadata.name} ${initial}`) })
  t.same(late, ['a true'])
  remove()
  watches[0]!.send({ type: 'ADDED', object: object('b', 11) })
  await clock.advanceAsync(0)
  t.equal(informer.list().length, 2)
  t.same(late, ['a true'])
})
