// The controllers that keep the cluster as a whole in order, against a real API server.
import t from 'tap'
import { replicaSets } from '../../../api/kinds/apps/replica-set.ts'
import { leases } from '../../../api/kinds/coordination/lease.ts'
import { configMaps } from '../../../api/kinds/core/config-map.ts'
import { namespaces } from '../../../api/kinds/core/namespace.ts'
import { nodes } from '../../../api/kinds/core/node.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import { serviceAccounts } from '../../../api/kinds/core/service-account.ts'
import { services } from '../../../api/kinds/core/service.ts'
import { endpointSlices } from '../../../api/kinds/discovery/endpoint-slice.ts'
import { isReason } from '../../../api/status.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const plane = await startControlPlane({ controllers: { rootCa: 'PEM', nodeGraceMs: 3_000 } })
t.teardown(() => plane.close())
const { client } = plane
const n1 = await plane.addNode('n1')
const exists = async (get: Promise<unknown>): Promise<boolean> => {
  try {
    await get
    return true
  } catch (error) {
    if (isReason(error, 'NotFound')) return false
    throw error
  }
}
const pod = (name: string, more: any = {}): any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...more,
  metadata: { name, labels: { app: 'web' }, ...more.metadata },
  spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }], ...more.spec },
})
const map = (name: string, owners: any[] = [], more: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    ...more,
    ownerReferences: owners.map(o => ({ apiVersion: 'v1', kind: 'ConfigMap', name: o.metadata.name, uid: o.metadata.uid, blockOwnerDeletion: true })),
  },
})
const maps = client.of(configMaps, 'default')
/** The node's agent is alive: its lease is renewed until the returned call. */
const keepAlive = (name: string): (() => void) => {
  const timer = setInterval(
    () =>
      void client
        .of(leases, 'kube-node-lease')
        .patch(name, 'merge', { spec: { renewTime: new Date().toISOString().replace('Z', '000Z') } })
        .catch(() => undefined),
    500,
  )
  return () => clearInterval(timer)
}
const stopHeart = keepAlive('n1')
t.teardown(stopHeart)

await t.test('every namespace gets its service account and the root certificate', async t => {
  await client.of(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } } as any)
  await eventually(() => exists(client.of(serviceAccounts, 'fresh').get('default')))
  const bundle = await eventually(() => client.of(configMaps, 'fresh').get('kube-root-ca.crt'))
  t.same(bundle.data, { 'ca.crt': 'PEM' })
  await client.of(configMaps, 'fresh').patch('kube-root-ca.crt', 'merge', { data: { 'ca.crt': 'tampered' } })
  await eventually(async () => (await client.of(configMaps, 'fresh').get('kube-root-ca.crt')).data?.['ca.crt'] === 'PEM')
  await client.of(serviceAccounts, 'fresh').delete('default')
  await eventually(() => exists(client.of(serviceAccounts, 'fresh').get('default')))
})

await t.test('a node gets its own part of the pod addresses', async t => {
  t.ok(n1)
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) await client.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} } as any)
  const all = await eventually(async () => {
    const { items } = await client.of(nodes).list()
    return items.every(n => n.spec.podCIDR !== undefined) && items
  })
  t.equal(new Set(all.map(n => n.spec.podCIDR)).size, 5)
  t.same(all.find(n => n.metadata.name === 'n1')?.spec.podCIDRs, ['10.42.0.0/24'])
  for (const name of names) await client.of(nodes).delete(name)
})

await t.test('endpoint slices follow pods', async t => {
  const started = performance.now()
  await client.of(services, 'default').create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  } as any)
  const slices = async (): Promise<any[]> => (await client.of(endpointSlices, 'default').list({ labelSelector: 'kubernetes.io/service-name=web' })).items
  await eventually(async () => (await slices()).length === 1)
  t.comment(`slice ${Math.round(performance.now() - started)} ms after the Service`)
  for (const name of ['w1', 'w2', 'w3']) await client.of(pods, 'default').create(pod(name))
  await eventually<boolean>(async () => (await slices())[0].endpoints?.length === 3 && (await slices())[0].endpoints.every((e: any) => e.conditions.ready))
  const [slice, ...more] = await slices()
  t.equal(more.length, 0, 'one slice only')
  t.match(slice, { addressType: 'IPv4', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] })
  await client.of(pods, 'default').patch('w2', 'strategic', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, { subresource: 'status' })
  await eventually(async () => (await slices())[0].endpoints.find((e: any) => e.targetRef.name === 'w2')?.conditions.ready === false)
  await client.of(pods, 'default').delete('w1')
  await eventually(async () => (await slices())[0].endpoints.length === 2)
  await client.of(services, 'default').delete('web')
  await eventually(async () => (await slices()).length === 0)
})

await t.test('garbage: a chain of owners goes in the background', async t => {
  const a = await maps.create(map('a'))
  const b = await maps.create(map('b', [a]))
  await maps.create(map('c', [b]))
  const other = await maps.create(map('other'))
  await maps.create(map('shared', [a, other]))
  await maps.delete('a', { propagationPolicy: 'Background' })
  await eventually(async () => !(await exists(maps.get('b'))) && !(await exists(maps.get('c'))))
  const shared = await eventually(async () => {
    const now = await maps.get('shared')
    return now.metadata.ownerReferences?.length === 1 && now
  })
  t.equal(shared.metadata.ownerReferences?.[0]?.name, 'other', 'what has another owner stays and forgets the one that went')
})

await t.test('garbage: owners that never were, and of kinds unknown', async t => {
  await maps.create(map('lost', [{ metadata: { name: 'never', uid: '00000000-0000-0000-0000-000000000000' } }]))
  await eventually(async () => !(await exists(maps.get('lost'))))
  const alien = map('alien')
  alien.metadata.ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x', uid: '00000000-0000-0000-0000-000000000001' }]
  await maps.create(alien)
  const wrong = await maps.create(map('same-name'))
  await maps.create(map('other-uid', [{ metadata: { name: wrong.metadata.name, uid: '00000000-0000-0000-0000-000000000002' } }]))
  await eventually(async () => !(await exists(maps.get('other-uid'))))
  t.ok(await exists(maps.get('alien')), 'nothing is deleted on a guess')
})

await t.test('garbage: in the foreground the owner waits, orphans stay', async t => {
  const owner = await maps.create(map('owner'))
  await maps.create(map('held', [owner], { finalizers: ['example.com/hold'] }))
  await maps.create(map('free', [owner]))
  await maps.delete('owner', { propagationPolicy: 'Foreground' })
  await eventually(async () => !(await exists(maps.get('free'))) && (await maps.get('held')).metadata.deletionTimestamp !== undefined)
  t.ok((await maps.get('owner')).metadata.deletionTimestamp, 'the owner is still there')
  await maps.patch('held', 'merge', { metadata: { finalizers: null } })
  await eventually(async () => !(await exists(maps.get('held'))) && !(await exists(maps.get('owner'))))
  const parent = await maps.create(map('parent'))
  await maps.create(map('child', [parent]))
  await maps.delete('parent', { propagationPolicy: 'Orphan' })
  await eventually(async () => !(await exists(maps.get('parent'))))
  t.notOk((await maps.get('child')).metadata.ownerReferences?.length)
})

await t.test('a namespace goes with all its content, and says what it waits for', async t => {
  await client.of(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'doomed' } } as any)
  const inside = client.of(configMaps, 'doomed')
  await inside.create(map('x'))
  await inside.create(map('held', [], { finalizers: ['example.com/hold'] }))
  await client.of(pods, 'doomed').create(pod('p'))
  await client.of(replicaSets, 'doomed').create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  } as any)
  await eventually(async () => (await client.of(pods, 'doomed').list()).items.length === 3)
  await client.of(namespaces).delete('doomed')
  const waiting = await eventually(async () => {
    const ns = await client.of(namespaces).get('doomed')
    return (
      ns.status?.conditions?.some(c => c.type === 'NamespaceFinalizersRemaining' && c.status === 'True') === true &&
      (await client.of(pods, 'doomed').list()).items.length === 0 &&
      ns
    )
  })
  t.match(waiting.status, { phase: 'Terminating' })
  t.match(waiting.status?.conditions?.find(c => c.type === 'NamespaceFinalizersRemaining')?.message, /example\.com\/hold in 1 resource instances/)
  await inside.patch('held', 'merge', { metadata: { finalizers: null } })
  await eventually(async () => !(await exists(client.of(namespaces).get('doomed'))))
})

await t.test('a node that falls silent: unknown, tainted, its pods not ready, those without patience evicted; it comes back', async t => {
  await client.of(pods, 'default').create(pod('patient', { metadata: { labels: { app: 'other' } } }))
  await client.of(pods, 'default').create(
    pod('hasty', {
      metadata: { labels: { app: 'other' } },
      spec: { tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] },
    }),
  )
  const isReadyPod = async (name: string): Promise<boolean> =>
    (await client.of(pods, 'default').get(name)).status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') === true
  await eventually(async () => (await isReadyPod('patient')) && isReadyPod('hasty'))
  stopHeart()
  const silent = await eventually(async () => {
    const node = await client.of(nodes).get('n1')
    return node.spec.taints?.length === 2 && node
  })
  t.match(
    silent.status?.conditions?.find(c => c.type === 'Ready'),
    { status: 'Unknown', reason: 'NodeStatusUnknown' },
  )
  t.same(silent.spec.taints?.map(x => `${x.key}:${x.effect}`).sort(), ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule'])
  await eventually(async () => !(await isReadyPod('patient')))
  await eventually(async () => !(await exists(client.of(pods, 'default').get('hasty'))))
  t.ok(await exists(client.of(pods, 'default').get('patient')), 'others have five minutes')
  const again = keepAlive('n1')
  t.teardown(again)
  await client
    .of(nodes)
    .patch(
      'n1',
      'strategic',
      { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: new Date().toISOString().replace(/\..*/, 'Z') }] } },
      { subresource: 'status' },
    )
  await eventually(async () => !(await client.of(nodes).get('n1')).spec.taints?.length)
})

await t.test('pods that nobody can end are ended', async t => {
  await client.of(pods, 'default').create(pod('nowhere', { spec: { nodeSelector: { no: 'where' } }, metadata: { finalizers: ['example.com/hold'] } }))
  await client.of(pods, 'default').delete('nowhere')
  await client
    .of(pods, 'default')
    .patch('nowhere', 'merge', { metadata: { finalizers: null } })
    .catch(() => undefined)
  await eventually(async () => !(await exists(client.of(pods, 'default').get('nowhere'))))
  t.pass('a pod without a node')
})
