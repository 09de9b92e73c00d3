// What every controller must keep to, on a cluster that has something of everything: named as registered, level-triggered, and silent
// once all is as it should be (a second reconcile of every key writes nothing).
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { deployments } from '../../api/kinds/apps/deployment.ts'
import { leases } from '../../api/kinds/coordination/lease.ts'
import { configMaps } from '../../api/kinds/core/config-map.ts'
import { namespaces } from '../../api/kinds/core/namespace.ts'
import { pods } from '../../api/kinds/core/pod.ts'
import { services } from '../../api/kinds/core/service.ts'
import { type KubeObject, objectKey } from '../../api/object.ts'
import { createCertificate } from '../../base/x509.ts'
import { systemClock } from '../../base/clock.ts'
import { createLogger } from '../../base/log.ts'
import { createApiClient } from '../../client/api-client.ts'
import { createInformerFactory } from '../../client/informer.ts'
import { completeControllersConfig } from '../../controllers/config.ts'
import { controllerEntries } from '../../controllers/registry.ts'
import { eventually } from '../harness/eventually.ts'
import { startControlPlane } from '../integration/controllers/control-plane.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 3_600_000)]
const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
const cert = createCertificate({ commonName: 'ca', authority: true, key: privateKey, notBefore, notAfter })
const config = { rootCa: cert, signing: { cert, key }, serviceAccountKey: key }
const plane = await startControlPlane({ controllers: config })
t.teardown(() => plane.close())
const { client } = plane
await plane.addNode('n1')
await client.of(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'more' } } as any)
await client.of(deployments, 'default').create({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
} as any)
await client
  .of(services, 'default')
  .create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } } as any)
const owner = await client.of(configMaps, 'default').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner' } })
await client.of(configMaps, 'default').create({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'owned', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid! }] },
})
await eventually(async () => (await client.of(deployments, 'default').get('web')).status?.availableReplicas === 3)
const atRest = { writes: -1 }
await eventually(
  () => {
    const still = plane.writes() === atRest.writes
    atRest.writes = plane.writes()
    return still
  },
  15_000,
  300,
)

await t.test('the registry', async t => {
  const names = controllerEntries.map(e => e.name)
  t.equal(new Set(names).size, names.length, 'names are unique')
})

for (const entry of controllerEntries) {
  await t.test(entry.name, async t => {
    const log = createLogger('silent')
    const writes: string[] = []
    const transport = plane.test.server.inProcess({ name: 'system:kube-controller-manager', groups: ['system:authenticated'] })
    const counting = (inner: typeof transport): typeof transport => ({
      close: () => inner.close(),
      request: r => {
        if (r.method !== 'GET') writes.push(`${r.method} ${r.path}`)
        return inner.request(r)
      },
    })
    const stop = new AbortController()
    t.teardown(() => stop.abort(new Error('over')))
    const deps = { log, clock: systemClock }
    const acting = entry.account === undefined ? transport : plane.test.server.inProcessAs('kube-system', entry.account)
    const own = createApiClient(counting(acting), { userAgent: 'contract' })
    const informers = createInformerFactory(createApiClient(counting(transport), { userAgent: 'contract' }), deps)
    const controller = entry.create({ client: own, informers, ...deps, config: completeControllersConfig(config), events: () => ({ event: () => undefined }) })
    if (!controller) {
      t.fail('is not made with a complete configuration')
      return
    }
    t.equal(controller.name, entry.name)
    informers.start(stop.signal)
    await informers.synced(AbortSignal.timeout(10_000))
    const keys = new Set<string>()
    for (const watch of controller.watches) {
      for (const object of watch.informer.list() as KubeObject[]) for (const key of watch.toKeys?.(object as never) ?? [objectKey(object)]) keys.add(key)
    }
    for (const key of keys) await controller.reconcile(key, stop.signal)
    t.same(writes, [], `${keys.size} keys reconciled, nothing written`)
    for (const key of ['default/nothing', 'nothing', '']) await controller.reconcile(key, stop.signal)
    t.same(writes, [], 'a key without an object is no work')
  })
}

await t.test('the cluster is as it was', async t => {
  t.equal((await client.of(pods, 'default').list()).items.length, 3)
  t.equal((await client.of(leases, 'kube-node-lease').list()).items.length, 1)
})
