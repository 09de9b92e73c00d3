// A full etcd: writes are refused and health says why; once objects are deleted, the space comes back and writes go on by themselves.
import t from 'tap'
import { createEtcdStore } from '../../../store/main.ts'
import { createLogger } from '../../../base/log.ts'
import { systemClock } from '../../../base/clock.ts'
import { StoreError } from '../../../store/store.ts'
import type { KubeObject } from '../../../api/object.ts'
import { podKey, pods } from '../../contract/store.ts'
import { startEtcd } from './etcd-process.ts'
import { stayAlive } from './store-on-etcd.ts'

await t.test('a database that is full of what was overwritten goes on by itself', { timeout: 120_000 }, async t => {
  stayAlive(t)
  const etcd = await startEtcd(t, ['--quota-backend-bytes', String(24 * 2 ** 20)])
  const store = createEtcdStore({ endpoints: [etcd.endpoint], compactionIntervalMs: 0 }, { log: createLogger('silent'), clock: systemClock })
  t.teardown(() => store.stop())
  await store.register(pods)
  await store.start(AbortSignal.timeout(20_000))
  const big = (name: string, n: number): KubeObject =>
    ({ kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'default', annotations: { n: String(n), fill: 'x'.repeat(1_000_000) } } }) as KubeObject

  await t.test('overwriting', async t => {
    let { revision } = await store.create(podKey('one'), big('one', 0))
    // Three times the quota: without compaction and defragmentation this cannot end well.
    for (let i = 1; i < 75; i++) ({ revision } = await store.update(podKey('one'), big('one', i), revision))
    t.match((await store.get(podKey('one'), 'consistent'))!.object(), { metadata: { annotations: { n: '74' } } })
    await store.health(AbortSignal.timeout(5000))
    t.ok(store.databaseBytes > 0, 'and its size is known')
  })

  await t.test('overwriting by several at once: a write that etcd did and called refused is no conflict', async t => {
    const writer = async (name: string): Promise<void> => {
      let { revision } = await store.create(podKey(name), big(name, 0))
      for (let i = 1; i < 15; i++) ({ revision } = await store.update(podKey(name), big(name, i), revision))
      await store.delete(podKey(name), revision)
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(writer))
    t.equal((await store.list('/registry/pods/', { freshness: 'consistent' })).count, 1)
  })

  await t.test('full of objects: refused with the reason, and again after deleting some', async t => {
    let made = 0
    const failure = await (async () => {
      for (; ; made++) await store.create(podKey(`f${made}`), big(`f${made}`, made))
    })().catch((error: unknown) => error)
    t.ok(failure instanceof StoreError && failure.code === 'NoSpace', String(failure))
    t.ok(made > 5 && made < 30, `after ${made} objects of a megabyte`)
    await t.rejects(store.health(AbortSignal.timeout(5000)), { code: 'NoSpace' })
    const { entries } = await store.list('/registry/pods/', { freshness: 'consistent' })
    for (const entry of [...entries].slice(0, 10)) await store.delete(entry.key, entry.revision)
    const began = Date.now()
    for (;;) {
      const again = await store.create(podKey('after'), big('after', 1)).catch((error: unknown) => error as StoreError)
      if (!(again instanceof StoreError)) break
      if (again.code !== 'NoSpace' || Date.now() - began > 60_000) throw again
      await new Promise(resolve => setTimeout(resolve, 500))
    }
    await store.health(AbortSignal.timeout(5000))
    t.pass('the alarm is gone')
  })
})
