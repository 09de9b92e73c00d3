// etcd itself fails, is compacted, filled up or put back: nothing is lost, nothing is made up.
import { Etcd3 } from 'etcd3'
import t from 'tap'
import { StoreError } from '../../../store/store.ts'
import { codeOf, pod, podKey, recorder } from '../../contract/store.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from './etcd-process.ts'
import { churn, line, names, openStore, stayAlive, watchAll } from './store-on-etcd.ts'
import { startProxy } from './tcp-proxy.ts'

stayAlive(t)

void t.test('a history compacted away while out of reach ends the watches, and the cache is right again', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await openStore(t, proxy.endpoint), await openStore(t, etcd.endpoint)]
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
    const store = await openStore(t, etcd.endpoint)
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
  const store = await openStore(t, etcd.endpoint)
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
  const store = await openStore(t, etcd.endpoint)
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
  const [reader, writer] = [await openStore(t, proxy.endpoint), await openStore(t, etcd.endpoint)]
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
  const other = await openStore(t, etcd.endpoint)
  // The same keys at the same revisions as before, with other values, and then more.
  for (let i = 0; i < 40; i++) await other.create(podKey(`p${i}`), pod(`p${i}`, 'default', { count: i }))
  proxy.heal()
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  t.strictSame(seen.events.map(line), [])
  t.strictSame(await names(reader), await names(other))
})

void t.test('a full database refuses writes as NoSpace, and health says so', async t => {
  const etcd = await startEtcd(t, ['--quota-backend-bytes', String(8 * 2 ** 20)])
  const store = await openStore(t, etcd.endpoint)
  let code = 'none'
  for (let i = 0; i < 20 && code === 'none'; i++) code = await codeOf(store.create(podKey(`p${i}`), pod(`p${i}`, 'default', { filler: 'x'.repeat(2 ** 20) })))
  t.equal(code, 'NoSpace')
  await t.rejects(store.health(AbortSignal.timeout(5000)), { code: 'NoSpace' })
  t.ok((await names(store)).length > 0, 'reads go on')
})
