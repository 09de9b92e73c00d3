// The client's larger parts against a real API server over TLS: informers across a restart, leader election, events.
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { leases } from '../../../api/kinds/coordination/lease.ts'
import { configMaps } from '../../../api/kinds/core/config-map.ts'
import { events } from '../../../api/kinds/core/event.ts'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createApiClient } from '../../../client/api-client.ts'
import { runControllers, TerminalError } from '../../../client/controller.ts'
import { createEventRecorder } from '../../../client/event-recorder.ts'
import { createHttpsTransport } from '../../../client/https-transport.ts'
import { createInformerFactory } from '../../../client/informer.ts'
import { runLeaderElection } from '../../../client/leader-election.ts'
import type { Transport } from '../../../client/types.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from '../apiserver/start-server.ts'

const test = await startServer()
t.teardown(() => test.close())
const deps = { log: createLogger('silent'), clock: systemClock }
const read = (file: string): Promise<string> => readFile(file, 'utf8')
const identity = { ca: await read(test.pki.ca.cert), cert: await read(test.pki.admin.cert), key: await read(test.pki.admin.key) }
const transports: Transport[] = []
const dial = (server: string): Transport => {
  const transport = createHttpsTransport({ server, ...identity })
  transports.push(transport)
  return transport
}
t.teardown(() => Promise.all(transports.map(x => x.close())))
const client = createApiClient(dial(test.url), { userAgent: 'test' })
const maps = client.of(configMaps, 'default')
const map = (name: string, data: Record<string, string> = {}): any => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

/** A TCP proxy in front of the server whose connections can be cut and that can be closed for a while. */
const startProxy = async (): Promise<{ url: string; cut(): void; down(): Promise<void>; up(): Promise<void> }> => {
  const sockets = new Set<Socket>()
  const target = Number(new URL(test.url).port)
  const server = createServer(inner => {
    const outer = connect(target, '127.0.0.1')
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket
        .on('error', () => socket.destroy())
        .on('close', () => {
          sockets.delete(socket)
          inner.destroy()
          outer.destroy()
        })
    }
    inner.pipe(outer).pipe(inner)
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as { port: number }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    server.close()
    cut()
  })
  return {
    url: `https://127.0.0.1:${port}`,
    cut,
    up: () => listen(port),
    async down() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}

await t.test('an informer sees every change once, across cut connections and an outage', async t => {
  const proxy = await startProxy()
  const stop = new AbortController()
  t.teardown(() => stop.abort(new Error('over')))
  const factory = createInformerFactory(createApiClient(dial(proxy.url), { userAgent: 'informer' }), deps)
  const informer = factory.of(configMaps, { namespace: 'default', labelSelector: 'watched' })
  const seen: string[] = []
  informer.on({
    add: o => seen.push(`+${o.metadata.name}`),
    update: o => seen.push(`~${o.metadata.name}=${o.data?.n}`),
    delete: o => seen.push(`-${o.metadata.name}`),
  })
  factory.start(stop.signal)
  await factory.synced(AbortSignal.timeout(10_000))
  const make = (name: string): Promise<unknown> => maps.create({ ...map(name, { n: '0' }), metadata: { name, labels: { watched: '' } } })
  await make('one')
  await eventually(() => seen.length === 1)
  for (let i = 1; i <= 10; i++) {
    if (i % 3 === 0) proxy.cut()
    await maps.patch('one', 'merge', { data: { n: String(i) } })
  }
  await eventually(() => seen.at(-1) === '~one=10')
  t.same(seen, ['+one', ...Array.from({ length: 10 }, (_, i) => `~one=${i + 1}`)], 'resumed exactly: none lost, none twice')
  await proxy.down()
  await make('two')
  await maps.delete('one')
  await proxy.up()
  await eventually(() => informer.get('default/two') !== undefined && informer.get('default/one') === undefined)
  t.same(seen.slice(11), ['+two', '-one'])
  await maps.patch('two', 'merge', { metadata: { labels: { watched: null } } })
  await eventually(() => seen.at(-1) === '-two')
  t.pass('what leaves the selector is gone for us')
})

await t.test('the reconcile loop: serial per key, retried on failure, not after a terminal one', async t => {
  const stop = new AbortController()
  const factory = createInformerFactory(client, deps)
  const informer = factory.of(configMaps, { namespace: 'default' })
  const tries = new Map<string, number>()
  let active = 0
  let most = 0
  const running = runControllers(
    [
      {
        name: 'test',
        concurrency: 3,
        watches: [{ informer }],
        async reconcile(key) {
          active++
          most = Math.max(most, active)
          await new Promise(resolve => setTimeout(resolve, 5))
          active--
          const n = (tries.get(key) ?? 0) + 1
          tries.set(key, n)
          if (key === 'default/flaky' && n < 4) throw new Error('not yet')
          if (key === 'default/hopeless') throw new TerminalError('never')
          return key === 'default/again' && n < 3 ? { requeueAfterMs: 1 } : undefined
        },
      },
    ],
    { ...deps, signal: stop.signal },
  )
  factory.start(stop.signal)
  for (const name of ['flaky', 'hopeless', 'again', 'plain1', 'plain2', 'plain3']) await maps.create(map(name))
  await eventually(() => tries.get('default/flaky') === 4 && tries.get('default/again') === 3 && tries.has('default/plain3'))
  t.equal(tries.get('default/hopeless'), 1)
  t.ok(most <= 3, `${most} at once`)
  stop.abort(new Error('over'))
  await running
  t.equal(active, 0, 'stopped after the last one returned')
})

await t.test('one leads; when it goes the next takes over at once; when it hangs, after the lease ran out', async t => {
  const config = { namespace: 'default', name: 'election', leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryPeriodMs: 100 }
  const leading = new Set<string>()
  const terms: string[] = []
  let overlap = false
  const stand = (id: string, api = client): { stop(): Promise<void> } => {
    const stop = new AbortController()
    const over = runLeaderElection(
      { ...config, identity: id },
      { client: api, ...deps },
      async signal => {
        leading.add(id)
        terms.push(id)
        overlap ||= leading.size > 1
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
        leading.delete(id)
      },
      stop.signal,
    )
    return {
      stop: () => {
        stop.abort(new Error('stopped'))
        return over
      },
    }
  }
  const proxy = await startProxy()
  const a = stand('a', createApiClient(dial(proxy.url), { userAgent: 'a' }))
  await eventually(() => leading.has('a'))
  const b = stand('b')
  t.match(await client.of(leases, 'default').get('election'), { spec: { holderIdentity: 'a', leaseTransitions: 0, leaseDurationSeconds: 2 } })
  await proxy.down()
  await eventually(() => leading.has('b'))
  t.equal(overlap, false, 'a stopped before b began')
  await proxy.up()
  const startedMs = performance.now()
  await b.stop()
  await eventually(() => leading.has('a'))
  t.ok(performance.now() - startedMs < 1_400, 'a lease that is given up is taken without waiting for its end')
  t.same(terms, ['a', 'b', 'a'])
  t.match(await client.of(leases, 'default').get('election'), { spec: { holderIdentity: 'a', leaseTransitions: 2 } })
  await a.stop()
  t.match(await client.of(leases, 'default').get('election'), { spec: { holderIdentity: '' } })
})

await t.test('events are written in order, counted up, and about the right object', async t => {
  const recorder = createEventRecorder(client, { component: 'tester', host: 'h1' }, deps)
  const about = await maps.create(map('subject'))
  recorder.event(about, 'Normal', 'First', 'hello')
  for (let i = 0; i < 3; i++) recorder.event(about, 'Warning', 'Again', 'the same')
  await recorder.flush()
  const { items } = await client.of(events, 'default').list({ fieldSelector: `involvedObject.uid=${about.metadata.uid}` })
  t.same(items.map(e => [e.type, e.reason, e.message, e.count]).sort(), [
    ['Normal', 'First', 'hello', 1],
    ['Warning', 'Again', 'the same', 3],
  ])
  t.match(items[0], {
    involvedObject: { kind: 'ConfigMap', apiVersion: 'v1', namespace: 'default', name: 'subject' },
    source: { component: 'tester', host: 'h1' },
    reportingComponent: 'tester',
  })
  await client.of(events, 'default').delete(items.find(e => e.reason === 'Again')!.metadata.name!)
  recorder.event(about, 'Warning', 'Again', 'the same')
  await recorder.flush()
  t.equal((await client.of(events, 'default').list({ fieldSelector: 'reason=Again' })).items[0]?.count, 4, 'an expired series goes on')
})
