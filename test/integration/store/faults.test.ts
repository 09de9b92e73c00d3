// The etcd store when etcd, or the way to it, fails: nothing is lost, nothing is made up, and every wait ends with a reason.
import { Etcd3 } from 'etcd3'
import t, { type Test } from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createEtcdStore, type EtcdStoreConfig } from '../../../store/main.ts'
import { StoreError, type Store, type StoreEvent } from '../../../store/store.ts'
import { codeOf, nodes, pod, podKey, pods, recorder, type Seen } from '../../contract/store.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from './etcd-process.ts'
import { startProxy } from './tcp-proxy.ts'

// The store's timers let the process end; tests that wait for them must not.
const alive = setInterval(() => undefined, 1000)
t.teardown(() => clearInterval(alive))

const open = async (t: Test, endpoint: string, config: Partial<EtcdStoreConfig> = {}): Promise<Store> => {
  const store = createEtcdStore(
    { endpoints: [endpoint], compactionIntervalMs: 0, ...config },
    { log: createLogger('silent'), clock: systemClock },
  )
  t.teardown(() => store.stop())
  await store.register(pods)
  await store.register(nodes)
  await store.start(AbortSignal.timeout(20_000))
  return store
}

const names = async (store: Store): Promise<string[]> =>
  [...(await store.list('/registry/pods/', { freshness: 'consistent' })).entries].map(e => e.name)

const line = (e: StoreEvent): string => `${e.type} ${e.entry.name}@${e.revision}`

/** Changes that one writer makes one after the other, and what a watch must show of them. */
const churn = async (store: Store, count: number, wrote: string[], prefix = 'p'): Promise<void> => {
  const at = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const name = `${prefix}${(i * 7) % 20}`
    const expected = at.get(name)
    if (expected === undefined) {
      const { revision } = await store.create(podKey(name), pod(name, 'default', { count: i }))
      at.set(name, revision)
      wrote.push(`ADDED ${name}@${revision}`)
    } else if (i % 5 === 0) {
      const { revision } = await store.delete(podKey(name), expected)
      at.delete(name)
      wrote.push(`DELETED ${name}@${revision}`)
    } else {
      const { revision } = await store.update(podKey(name), pod(name, 'default', { count: i }), expected)
      at.set(name, revision)
      wrote.push(`MODIFIED ${name}@${revision}`)
    }
  }
}

const watchAll = (store: Store): Seen => {
  const seen = recorder()
  store.watch('/registry/pods/', store.observedRevision(), seen)
  return seen
}

void t.test('a watch is exact under load while its connection is cut again and again', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await open(t, proxy.endpoint), await open(t, etcd.endpoint)]
  const seen = watchAll(reader)
  const wrote: string[] = []
  const cutter = setInterval(() => proxy.cut(), 120)
  try {
    await Promise.all([churn(writer, 1500, wrote, 'a'), churn(writer, 1500, wrote, 'b')])
  } finally {
    clearInterval(cutter)
  }
  await eventually(() => seen.events.length >= wrote.length)
  const byRevision = (l: string): number => Number(l.slice(l.indexOf('@') + 1))
  t.strictSame(
    seen.events.map(line),
    wrote.sort((a, b) => byRevision(a) - byRevision(b)),
  )
  t.equal(seen.ended, undefined)
  t.strictSame(await names(reader), await names(writer))
})

void t.test('a connection that hangs: reads say why, then all goes on where it was', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await open(t, proxy.endpoint), await open(t, etcd.endpoint)]
  const seen = watchAll(reader)
  const wrote: string[] = []
  await churn(writer, 20, wrote)
  await eventually(() => seen.events.length === wrote.length)
  proxy.hang()
  const began = Date.now()
  const failure = await reader.list('/registry/pods/', { freshness: 'consistent' }).catch((e: unknown) => e as StoreError)
  t.match(failure, { code: 'Timeout', message: /^etcd could not answer at http:/ })
  t.ok(Date.now() - began < 4000, 'after three seconds')
  await churn(writer, 20, wrote, 'q')
  proxy.heal()
  await eventually(() => seen.events.length === wrote.length)
  t.strictSame(seen.events.map(line), wrote)
  t.strictSame(await names(reader), await names(writer))
  t.equal(seen.ended, undefined)
})

void t.test('a connection that hangs is noticed without any reader', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await open(t, proxy.endpoint), await open(t, etcd.endpoint)]
  const seen = watchAll(reader)
  proxy.hang()
  proxy.heal()
  await writer.create(podKey('a'), pod('a'))
  await eventually(() => seen.events.length === 1, 25_000)
})

void t.test('a refused connection: bounded waits with a reason, and a return', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const store = await open(t, proxy.endpoint)
  const seen = watchAll(store)
  const a = await store.create(podKey('a'), pod('a'))
  proxy.refuse()
  const failure = await store.get(podKey('a'), 'consistent').catch((e: unknown) => e as StoreError)
  t.match(failure, { code: 'Timeout', message: /^etcd could not be reached at http:/ })
  t.equal((await store.get(podKey('a'), 'any'))?.revision, a.revision, 'what is there can be read')
  await t.rejects(store.health(AbortSignal.timeout(1000)))
  const write = store.create(podKey('b'), pod('b'))
  proxy.heal()
  t.ok((await write).revision > a.revision, 'a write waits for the connection')
  t.strictSame(await names(store), ['a', 'b'])
  await eventually(() => seen.events.length === 2)
  await store.health(AbortSignal.timeout(5000))
})

void t.test('a history compacted away while out of reach ends the watches, and the cache is right again', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await open(t, proxy.endpoint), await open(t, etcd.endpoint)]
  const seen = watchAll(reader)
  const wrote: string[] = []
  await churn(writer, 30, wrote)
  await eventually(() => seen.events.length === wrote.length)
  proxy.refuse()
  await churn(writer, 30, wrote, 'q')
  const client = new Etcd3({ hosts: etcd.endpoint })
  t.teardown(() => client.close())
  await client.kv.compact({ revision: String(await writer.currentRevision()) })
  proxy.heal()
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  t.strictSame(await names(reader), await names(writer))
  t.throws(() => reader.watch('/registry/pods/', 5, recorder()), { code: 'Compacted' })
  const again = watchAll(reader)
  await writer.create(podKey('z'), pod('z'))
  await eventually(() => again.events.length === 1)
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  void t.test(`etcd comes back after ${signal}: nothing acknowledged is lost, watches go on`, async t => {
    const etcd = await startEtcd(t)
    const store = await open(t, etcd.endpoint)
    const seen = watchAll(store)
    const acknowledged: number[] = []
    let stop = false
    const load = (async () => {
      for (let i = 0; !stop; i++) {
        try {
          acknowledged.push((await store.create(podKey(`p${i}`), pod(`p${i}`))).revision)
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
        }
      }
    })()
    await eventually(() => acknowledged.length > 50)
    await etcd.stop(signal)
    await etcd.start()
    const before = acknowledged.length
    await eventually(() => acknowledged.length > before + 50)
    stop = true
    await load
    const list = await store.list('/registry/pods/', { freshness: 'consistent' })
    const there = new Set([...list.entries].map(e => e.revision))
    t.ok(acknowledged.every(revision => there.has(revision)))
    await eventually(() => seen.events.length === list.count)
    t.strictSame(
      seen.events.map(e => e.revision),
      [...there].sort((a, b) => a - b),
    )
    t.equal(seen.ended, undefined)
  })
}

void t.test('a frozen etcd: reads end with a reason, and go on when it thaws', async t => {
  const etcd = await startEtcd(t)
  const store = await open(t, etcd.endpoint)
  const seen = watchAll(store)
  await store.create(podKey('a'), pod('a'))
  etcd.freeze()
  t.equal(await codeOf(store.get(podKey('a'), 'consistent')), 'Timeout')
  etcd.thaw()
  await eventually(async () => (await names(store)).length === 1)
  await store.create(podKey('b'), pod('b'))
  await eventually(() => seen.events.length === 2)
  t.equal(seen.ended, undefined)
})

void t.test('an older etcd is put back: the cache follows, watches end', async t => {
  const etcd = await startEtcd(t)
  const store = await open(t, etcd.endpoint)
  await store.create(podKey('old'), pod('old'))
  await etcd.stop()
  await etcd.save()
  await etcd.start()
  for (let i = 0; i < 20; i++) await store.create(podKey(`p${i}`), pod(`p${i}`))
  t.equal((await names(store)).length, 21)
  const seen = watchAll(store)
  await etcd.stop()
  await etcd.restore()
  await etcd.start()
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  t.strictSame(await names(store), ['old'])
  await store.create(podKey('new'), pod('new'))
  t.strictSame(await names(store), ['new', 'old'])
})

void t.test('an older etcd is put back and goes past our revision before we see it', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await open(t, proxy.endpoint), await open(t, etcd.endpoint)]
  await writer.create(podKey('old'), pod('old'))
  await etcd.stop()
  await etcd.save()
  await etcd.start()
  for (let i = 0; i < 20; i++) await writer.create(podKey(`p${i}`), pod(`p${i}`))
  t.equal((await names(reader)).length, 21)
  const seen = watchAll(reader)
  proxy.refuse()
  await etcd.stop()
  await etcd.restore()
  await etcd.start()
  const other = await open(t, etcd.endpoint)
  // The same keys at the same revisions as before, with other values, and then more.
  for (let i = 0; i < 40; i++) await other.create(podKey(`p${i}`), pod(`p${i}`, 'default', { count: i }))
  proxy.heal()
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  t.strictSame(seen.events.map(line), [])
  t.strictSame(await names(reader), await names(other))
})

void t.test('another etcd cluster behind the same address ends the watches', async t => {
  const [first, second] = [await startEtcd(t), await startEtcd(t)]
  const proxy = await startProxy(t, first.port)
  const store = await open(t, proxy.endpoint)
  await store.create(podKey('a'), pod('a'))
  const elsewhere = await open(t, second.endpoint)
  for (let i = 0; i < 20; i++) await elsewhere.create(podKey(`p${i}`), pod(`p${i}`))
  const seen = watchAll(store)
  proxy.retarget(second.port)
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  await eventually(async () => (await names(store)).length === 20)
})

void t.test('two servers on one etcd see each other at once, and exclude each other', async t => {
  const etcd = await startEtcd(t)
  const [one, two] = [await open(t, etcd.endpoint), await open(t, etcd.endpoint)]
  for (let i = 0; i < 100; i++) {
    const { revision } = await one.create(podKey(`p${i}`), pod(`p${i}`))
    t.equal((await two.get(podKey(`p${i}`), 'consistent'))?.revision, revision)
  }
  const { revision } = await one.create(podKey('a'), pod('a'))
  const codes = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      codeOf((i % 2 ? one : two).update(podKey('a'), pod('a', 'default', { count: i }), revision)),
    ),
  )
  t.equal(codes.filter(code => code === 'none').length, 1)
})

void t.test('a full database refuses writes as NoSpace, and health says so', async t => {
  const etcd = await startEtcd(t, ['--quota-backend-bytes', String(8 * 2 ** 20)])
  const store = await open(t, etcd.endpoint)
  let code = 'none'
  for (let i = 0; i < 20 && code === 'none'; i++)
    code = await codeOf(store.create(podKey(`p${i}`), pod(`p${i}`, 'default', { filler: 'x'.repeat(2 ** 20) })))
  t.equal(code, 'NoSpace')
  await t.rejects(store.health(AbortSignal.timeout(5000)), { code: 'NoSpace' })
  t.ok((await names(store)).length > 0, 'reads go on')
})

void t.test('an etcd that is not there: start ends with a sentence', async t => {
  const etcd = await startEtcd(t)
  await etcd.stop()
  const store = createEtcdStore({ endpoints: [etcd.endpoint] }, { log: createLogger('silent'), clock: systemClock })
  t.teardown(() => store.stop())
  await t.rejects(store.start(AbortSignal.timeout(4000)), { code: 'Unavailable', message: /^etcd could not be reached at http:/ })
})

void t.test('many large values come in pages, beyond the default limit of a message', async t => {
  const etcd = await startEtcd(t)
  const writer = await open(t, etcd.endpoint)
  for (let i = 10; i < 40; i++)
    await writer.create(podKey(`p${i}`), pod(`p${i}`, 'default', { filler: 'x'.repeat(1.4 * 2 ** 20) }))
  for (let i = 0; i < 700; i++)
    await writer.create(`/registry/nodes/n${i}`, { apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}` } })
  const reader = await open(t, etcd.endpoint)
  t.strictSame(await names(reader), await names(writer))
  t.equal((await reader.list('/registry/nodes/', { freshness: 'any' })).count, 700)
  t.equal(
    (await reader.get(podKey('p39'), 'any'))?.wire().toString(),
    (await writer.get(podKey('p39'), 'any'))?.wire().toString(),
  )
})

void t.test('objects with a time to live share leases', async t => {
  const etcd = await startEtcd(t)
  const store = await open(t, etcd.endpoint)
  await Promise.all(Array.from({ length: 50 }, (_, i) => store.create(podKey(`p${i}`), pod(`p${i}`), { ttlSeconds: 3600 })))
  const client = new Etcd3({ hosts: etcd.endpoint })
  t.teardown(() => client.close())
  const { leases } = await client.leaseClient.leaseLeases()
  t.equal(leases.length, 1)
  await client.leaseClient.leaseRevoke({ ID: leases[0]!.ID })
  await eventually(async () => (await names(store)).length === 0)
  await store.create(podKey('after'), pod('after'), { ttlSeconds: 3600 })
  t.strictSame(await names(store), ['after'], 'a revoked lease is replaced')
})
