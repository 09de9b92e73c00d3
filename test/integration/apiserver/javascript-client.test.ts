// The official JavaScript client: its informer and a Lease-based leader election survive a restart of the API server.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiException, CoordinationV1Api, CoreV1Api, KubeConfig, makeInformer, V1MicroTime, type V1ConfigMap, type V1Lease } from '@kubernetes/client-node'
import t from 'tap'
import { createApiServer, type ApiServer } from '../../../apiserver/main.ts'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { ensurePki } from '../../../base/tls.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from '../store/etcd-process.ts'

t.setTimeout(300_000)

/** One candidate as client libraries have it: takes a lease that nobody renews, renews its own, and writes with the version that it read. */
const campaign = (api: CoordinationV1Api, me: string, holders: string[], signal: AbortSignal): Promise<void> => {
  const [name, namespace, durationMs] = ['leader', 'default', 1500]
  const seen = { version: '', at: 0 }
  const step = async (): Promise<void> => {
    const spec = { holderIdentity: me, leaseDurationSeconds: 2, renewTime: new V1MicroTime() }
    const lease: V1Lease | undefined = await api.readNamespacedLease({ name, namespace }).catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return undefined
      throw error as Error
    })
    if (!lease) {
      await api.createNamespacedLease({ namespace, body: { metadata: { name }, spec } })
      holders.push(me)
      return
    }
    const version = lease.metadata!.resourceVersion!
    if (version !== seen.version) Object.assign(seen, { version, at: Date.now() })
    const mine = lease.spec?.holderIdentity === me
    if (!mine && Date.now() - seen.at < durationMs) return
    const next = await api.replaceNamespacedLease({ name, namespace, body: { ...lease, spec: { ...lease.spec, ...spec } } })
    Object.assign(seen, { version: next.metadata!.resourceVersion!, at: Date.now() })
    if (!mine) holders.push(me)
  }
  return (async () => {
    while (!signal.aborted) {
      await step().catch(() => undefined)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  })()
}

await t.test('the JavaScript client', async t => {
  const etcd = await startEtcd(t)
  const folder = await mkdtemp(join(tmpdir(), 'javascript-client-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const pki = await ensurePki({ pki: folder }, { nodeName: 'n1', nodeIp: '127.0.0.1', serviceIp: '10.43.0.1' })
  const [ca, cert, key, serverCert, serverKey] = await Promise.all(
    [pki.ca.cert, pki.admin.cert, pki.admin.key, pki.apiserver.cert, pki.apiserver.key].map(file => readFile(file, 'utf8')),
  )
  const log = createLogger('silent')
  const start = async (port?: number): Promise<ApiServer> => {
    const server = createApiServer(
      { tls: { cert: serverCert!, key: serverKey! }, clientCa: ca!, ...(port !== undefined && { port }) },
      { log, store: createEtcdStore({ endpoints: [etcd.endpoint] }, { log, clock: systemClock }) },
    )
    await server.start(AbortSignal.timeout(20_000))
    return server
  }
  let server = await start()
  t.teardown(() => server.stop())
  const base64 = (text: string | undefined): string => Buffer.from(text!).toString('base64')
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `https://127.0.0.1:${server.port}`, caData: base64(ca) }],
    users: [{ name: 'u', certData: base64(cert), keyData: base64(key) }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  const core = config.makeApiClient(CoreV1Api)
  const informer = makeInformer<V1ConfigMap>(config, '/api/v1/namespaces/default/configmaps', () => core.listNamespacedConfigMap({ namespace: 'default' }))
  const ending = new AbortController()
  const seen: string[] = []
  informer.on('add', ({ metadata }) => void seen.push(`+${metadata?.name}`))
  informer.on('update', ({ metadata, data }) => void seen.push(`~${metadata?.name}=${data?.['a']}`))
  informer.on('delete', ({ metadata }) => void seen.push(`-${metadata?.name}`))
  informer.on('error', () => void setTimeout(() => void (ending.signal.aborted || informer.start()), 200))
  await informer.start()
  t.teardown(() => {
    ending.abort()
    return informer.stop()
  })
  const saw = (entry: string): Promise<unknown> =>
    eventually(() => {
      if (!seen.includes(entry)) throw new Error(`${entry} not seen: ${seen.join(' ')}`)
    }, 30_000)
  const make = (name: string): Promise<V1ConfigMap> => core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name }, data: { a: '1' } } })

  const holders: string[] = []
  const api = config.makeApiClient(CoordinationV1Api)
  const candidates = ['anna', 'bert'].map(me => ({ me, stop: new AbortController() }))
  const running = candidates.map(({ me, stop }) => campaign(api, me, holders, stop.signal))
  t.teardown(async () => {
    for (const { stop } of candidates) stop.abort()
    await Promise.all(running)
  })
  await eventually(() => {
    if (holders.length === 0) throw new Error('no leader')
  })

  await t.test('follows what happens', async () => {
    await make('before')
    await saw('+before')
    await core.replaceNamespacedConfigMap({ namespace: 'default', name: 'before', body: { metadata: { name: 'before' }, data: { a: '2' } } })
    await saw('~before=2')
  })

  await t.test('over a restart of the server', async t => {
    const [leader] = holders
    const { port } = server
    await server.stop()
    server = await start(port)
    await eventually(() => make('after'), 30_000)
    await saw('+after')
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'before' })
    await saw('-before')
    t.equal(seen.filter(entry => entry === '+after').length, 1, 'seen once')
    t.ok(holders.length <= 2 && holders[0] === leader, 'the leader stayed, or the other took over once')
  })

  await t.test('a leader that falls silent is followed', async t => {
    const leader = holders.at(-1)!
    candidates.find(({ me }) => me === leader)!.stop.abort()
    await eventually(() => {
      if (holders.at(-1) === leader) throw new Error('nobody took over')
    }, 30_000)
    const lease = await api.readNamespacedLease({ name: 'leader', namespace: 'default' })
    t.not(lease.spec?.holderIdentity, leader)
  })
})
