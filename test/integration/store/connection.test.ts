// The way to etcd fails: nothing is lost, nothing is made up, and every wait ends with a reason.
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createEtcdStore } from '../../../store/main.ts'
import type { StoreError } from '../../../store/store.ts'
import { pod, podKey } from '../../contract/store.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from './etcd-process.ts'
import { churn, line, names, openStore, stayAlive, watchAll } from './store-on-etcd.ts'
import { startProxy } from './tcp-proxy.ts'

stayAlive(t)

void t.test('a watch is exact under load while its connection is cut again and again', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const [reader, writer] = [await openStore(t, proxy.endpoint), await openStore(t, etcd.endpoint)]
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
  const [reader, writer] = [await openStore(t, proxy.endpoint), await openStore(t, etcd.endpoint)]
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
  const [reader, writer] = [await openStore(t, proxy.endpoint), await openStore(t, etcd.endpoint)]
  const seen = watchAll(reader)
  proxy.hang()
  proxy.heal()
  await writer.create(podKey('a'), pod('a'))
  await eventually(() => seen.events.length === 1, 25_000)
})

void t.test('a refused connection: bounded waits with a reason, and a return', async t => {
  const etcd = await startEtcd(t)
  const proxy = await startProxy(t, etcd.port)
  const store = await openStore(t, proxy.endpoint)
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

void t.test('another etcd cluster behind the same address ends the watches', async t => {
  const [first, second] = [await startEtcd(t), await startEtcd(t)]
  const proxy = await startProxy(t, first.port)
  const store = await openStore(t, proxy.endpoint)
  await store.create(podKey('a'), pod('a'))
  const elsewhere = await openStore(t, second.endpoint)
  for (let i = 0; i < 20; i++) await elsewhere.create(podKey(`p${i}`), pod(`p${i}`))
  const seen = watchAll(store)
  proxy.retarget(second.port)
  await eventually(() => seen.ended !== undefined)
  t.equal(seen.ended?.code, 'Compacted')
  await eventually(async () => (await names(store)).length === 20)
})

void t.test('an etcd that is not there: start ends with a sentence', async t => {
  const etcd = await startEtcd(t)
  await etcd.stop()
  const store = createEtcdStore({ endpoints: [etcd.endpoint] }, { log: createLogger('silent'), clock: systemClock })
  t.teardown(() => store.stop())
  await t.rejects(store.start(AbortSignal.timeout(4000)), {
    code: 'Unavailable',
    message: /^etcd could not be reached at http:.*: connect ECONNREFUSED [\d.:]+$/,
  })
})
