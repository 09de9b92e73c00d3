// Scheduler and controllers as processes of their own see the API server: over TLS, each under its own certificate, with no shared objects.
// What a controller writes goes through the transport of its service account.
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { deployments } from '../../../api/kinds/apps/deployment.ts'
import { nodes } from '../../../api/kinds/core/node.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import { services } from '../../../api/kinds/core/service.ts'
import { endpointSlices } from '../../../api/kinds/discovery/endpoint-slice.ts'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import type { KeyPairFiles } from '../../../base/tls.ts'
import { createApiClient } from '../../../client/api-client.ts'
import { createHttpsTransport } from '../../../client/https-transport.ts'
import type { Transport } from '../../../client/types.ts'
import { createControllers } from '../../../controllers/main.ts'
import { createScheduler } from '../../../scheduler/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from '../apiserver/start-server.ts'

const test = await startServer()
const deps = { log: createLogger('silent'), clock: systemClock }
const dial = async (pair: KeyPairFiles): Promise<Transport> =>
  createHttpsTransport({
    server: test.url,
    ca: await readFile(test.pki.ca.cert, 'utf8'),
    cert: await readFile(pair.cert, 'utf8'),
    key: await readFile(pair.key, 'utf8'),
  })
const transports = await Promise.all([test.pki.admin, test.pki.controllerManager, test.pki.scheduler].map(dial))
const [admin, forControllers, forScheduler] = transports as [Transport, Transport, Transport]
const client = createApiClient(admin, { userAgent: 'test' })
const controllers = createControllers({}, { ...deps, transport: forControllers, transportAs: account => test.server.inProcessAs('kube-system', account) })
const scheduler = createScheduler({}, { ...deps, transport: forScheduler })
t.teardown(async () => {
  await Promise.all([controllers.stop(), scheduler.stop()])
  await Promise.all(transports.map(x => x.close()))
  await test.close()
})

await t.test('a Deployment becomes pods on a node and endpoints of a Service', async t => {
  const signal = AbortSignal.timeout(20_000)
  await Promise.all([controllers.start(signal), scheduler.start(signal)])
  await client.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} } as any)
  await client.of(nodes).patch(
    'n1',
    'strategic',
    {
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString().replace(/\..*/, 'Z') }],
      },
    },
    { subresource: 'status' },
  )
  await client
    .of(services, 'default')
    .create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } } as any)
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
  const placed = await eventually(async () => {
    const { items } = await client.of(pods, 'default').list()
    return items.length === 3 && items.every(p => p.spec.nodeName === 'n1') && items
  })
  for (const [i, pod] of placed.entries()) {
    const ip = `10.42.0.${i + 2}`
    const status = {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    }
    await client.of(pods, 'default').patch(pod.metadata.name!, 'strategic', { status }, { subresource: 'status' })
  }
  await eventually(async () => (await client.of(deployments, 'default').get('web')).status?.availableReplicas === 3)
  await eventually(
    async () =>
      (await client.of(endpointSlices, 'default').list({ labelSelector: 'kubernetes.io/service-name=web' })).items[0]?.endpoints?.filter(
        e => e.conditions?.ready,
      ).length === 3,
  )
  t.equal((await client.of(pods, 'default').list()).items.length, 3)
})

await t.test('stop is prompt and can be repeated', async t => {
  const startedMs = performance.now()
  await Promise.all([controllers.stop(), scheduler.stop()])
  await Promise.all([controllers.stop(), scheduler.stop()])
  t.ok(performance.now() - startedMs < 3_000)
})
