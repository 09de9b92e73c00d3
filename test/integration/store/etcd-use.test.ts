// How the store uses etcd: with other servers, with large values, with leases.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Etcd3 } from 'etcd3'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { ensurePki } from '../../../base/tls.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { codeOf, pod, podKey } from '../../contract/store.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from './etcd-process.ts'
import { names, openStore, stayAlive, watchAll } from './store-on-etcd.ts'

stayAlive(t)

void t.test('two servers on one etcd see each other at once, and exclude each other', async t => {
  const etcd = await startEtcd(t)
  const [one, two] = [await openStore(t, etcd.endpoint), await openStore(t, etcd.endpoint)]
  for (let i = 0; i < 100; i++) {
    const { revision } = await one.create(podKey(`p${i}`), pod(`p${i}`))
    t.equal((await two.get(podKey(`p${i}`), 'consistent'))?.revision, revision)
  }
  const { revision } = await one.create(podKey('a'), pod('a'))
  const codes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => codeOf((i % 2 ? one : two).update(podKey('a'), pod('a', 'default', { count: i }), revision))),
  )
  t.equal(codes.filter(code => code === 'none').length, 1)
})

void t.test('many large values come in pages, beyond the default limit of a message', async t => {
  const etcd = await startEtcd(t)
  const writer = await openStore(t, etcd.endpoint)
  for (let i = 10; i < 40; i++) await writer.create(podKey(`p${i}`), pod(`p${i}`, 'default', { filler: 'x'.repeat(1.4 * 2 ** 20) }))
  for (let i = 0; i < 700; i++) await writer.create(`/registry/nodes/n${i}`, { apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}` } })
  const reader = await openStore(t, etcd.endpoint)
  t.strictSame(await names(reader), await names(writer))
  t.equal((await reader.list('/registry/nodes/', { freshness: 'any' })).count, 700)
  t.equal((await reader.get(podKey('p39'), 'any'))?.wire().toString(), (await writer.get(podKey('p39'), 'any'))?.wire().toString())
})

void t.test('objects with a time to live share leases', async t => {
  const etcd = await startEtcd(t)
  const store = await openStore(t, etcd.endpoint)
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

void t.test('TLS with client certificates, for the hot calls and for leases; without one nothing is served', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'wherry-etcd-pki-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const pki = await ensurePki({ pki: directory }, { nodeName: 'n1', nodeIp: '127.0.0.1', serviceIp: '10.43.0.1' })
  const flags = ['--cert-file', pki.etcdServer.cert, '--key-file', pki.etcdServer.key, '--client-cert-auth', '--trusted-ca-file', pki.etcdCa.cert]
  const etcd = await startEtcd(t, flags, 'https')
  const [ca, cert, key] = await Promise.all([pki.etcdCa.cert, pki.etcdClient.cert, pki.etcdClient.key].map(file => readFile(file)))
  const store = await openStore(t, etcd.endpoint, { tls: { ca: ca!, cert: cert!, key: key! } })
  const seen = watchAll(store)
  await store.create(podKey('a'), pod('a'), { ttlSeconds: 3600 })
  await eventually(() => seen.events.length === 1)
  await store.health(AbortSignal.timeout(5000))
  const stranger = createEtcdStore(
    { endpoints: [etcd.endpoint], tls: { ca: await readFile(pki.ca.cert), cert: cert!, key: key! } },
    { log: createLogger('silent'), clock: systemClock },
  )
  t.teardown(() => stranger.stop())
  await t.rejects(stranger.start(AbortSignal.timeout(4000)), {
    code: 'Unavailable',
    message: /^etcd could not be reached at https:/,
  })
})
