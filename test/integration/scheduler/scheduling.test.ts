// The scheduler against a real API server, in process: where pods go, what users are told, and how long it takes.
import t from 'tap'
import { events } from '../../../api/kinds/core/event.ts'
import { nodes } from '../../../api/kinds/core/node.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import type { Pod } from '../../../api/types/core-v1.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from '../controllers/control-plane.ts'

const plane = await startControlPlane({ agent: false })
t.teardown(() => plane.close())
const { client } = plane
const api = client.of(pods, 'default')
const pod = (name: string, spec: object = {}, cpu = '100m'): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory: '10Mi' } } }], ...spec },
  }) as Pod
const condition = async (name: string): Promise<any> => (await api.get(name)).status?.conditions?.find(c => c.type === 'PodScheduled')
const nodeOf = async (name: string): Promise<string> => eventually(async () => (await api.get(name)).spec.nodeName ?? false)
const messages = async (name: string, reason: string): Promise<string[]> =>
  (await client.of(events, 'default').list()).items.filter(e => e.reason === reason && e.involvedObject.name === name).map(e => e.message!)

await t.test('no node: said so, and bound as soon as there is one', async t => {
  await api.create(pod('early'))
  await eventually(async () => (await condition('early'))?.message === 'no nodes available to schedule pods')
  t.match(await condition('early'), { status: 'False', reason: 'Unschedulable' })
  const startedMs = performance.now()
  await plane.addNode('n1', { cpu: '2' })
  t.equal(await nodeOf('early'), 'n1')
  t.ok(performance.now() - startedMs < 2_000, 'an event woke it, no timer')
  await eventually(async () => (await messages('early', 'Scheduled')).includes('Successfully assigned default/early to n1'))
  t.match(await condition('early'), { status: 'True' })
})

await t.test("too big: upstream's words; freed room is taken at once", async t => {
  await api.create(pod('big', {}, '1500m'))
  await nodeOf('big')
  await api.create(pod('waits', {}, '1'))
  await eventually(async () => (await condition('waits'))?.message?.startsWith('0/1 nodes are available: 1 Insufficient cpu.') === true)
  await eventually(async () => (await messages('waits', 'FailedScheduling')).length === 1)
  await api.delete('big', { gracePeriodSeconds: 0 })
  t.equal(await nodeOf('waits'), 'n1')
  await api.delete('waits', { gracePeriodSeconds: 0 })
})

await t.test('taints, cordons and selectors are honoured, and their end is noticed', async t => {
  await client.of(nodes).patch('n1', 'merge', { spec: { unschedulable: true } })
  await eventually(async () => (await client.of(nodes).get('n1')).spec.taints?.length === 1)
  await api.create(pod('cordoned'))
  await eventually(async () => (await condition('cordoned'))?.message === '0/1 nodes are available: 1 node(s) were unschedulable.')
  await client.of(nodes).patch('n1', 'merge', { spec: { unschedulable: null } })
  t.equal(await nodeOf('cordoned'), 'n1')
  await api.create(pod('picky', { nodeSelector: { disk: 'ssd' } }))
  await eventually(async () => (await condition('picky'))?.message === "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
  await client.of(nodes).patch('n1', 'merge', { metadata: { labels: { disk: 'ssd' } } })
  t.equal(await nodeOf('picky'), 'n1')
})

await t.test("others' pods are left alone, and gated ones", async t => {
  await api.create(pod('foreign', { schedulerName: 'somebody-else' }))
  await api.create(pod('gated', { schedulingGates: [{ name: 'example.com/gate' }] }))
  await api.create(pod('ours'))
  await nodeOf('ours')
  t.notOk((await api.get('foreign')).spec.nodeName)
  t.notOk((await api.get('gated')).spec.nodeName)
  await api.patch('gated', 'merge', { spec: { schedulingGates: null } })
  t.equal(await nodeOf('gated'), 'n1')
})

await t.test('pods are spread over nodes by what is free', async t => {
  await plane.addNode('n2', { cpu: '8' })
  await plane.addNode('n3', { cpu: '8' })
  for (let i = 0; i < 10; i++) await api.create(pod(`spread${i}`, {}, '500m'))
  const where = await Promise.all(Array.from({ length: 10 }, (_, i) => nodeOf(`spread${i}`)))
  const on = (name: string): number => where.filter(n => n === name).length
  t.ok(on('n2') >= 3 && on('n3') >= 3, JSON.stringify({ n1: on('n1'), n2: on('n2'), n3: on('n3') }))
})

await t.test("from a pod's watch event to its binding", async t => {
  const informer = plane.informers.of(pods)
  const addedMs = new Map<string, number>()
  const took: number[] = []
  const remove = informer.on({
    add: p => {
      addedMs.set(p.metadata.name!, performance.now())
    },
    update: (p, old) => {
      if (p.spec.nodeName && !old.spec.nodeName && p.metadata.name!.startsWith('quick')) took.push(performance.now() - addedMs.get(p.metadata.name!)!)
    },
  })
  for (let i = 0; i < 60; i++) {
    await api.create(pod(`quick${i}`, {}, '1m'))
    await eventually(() => took.length === i + 1, 5_000, 1)
  }
  remove()
  took.sort((a, b) => a - b)
  t.comment(`median ${took[30]!.toFixed(2)} ms, p95 ${took[57]!.toFixed(2)} ms`)
  t.equal(took.length, 60)
})

await t.test('a burst: every pod bound once, nobody over the limit', async t => {
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: 300 }, (_, i) => api.create(pod(`burst${i}`, {}, '100m'))))
  const isSettled = (p: Pod): boolean =>
    p.spec.nodeName !== undefined || p.status?.conditions?.some(c => c.type === 'PodScheduled' && c.status === 'False') === true
  const all = await eventually(async () => {
    const { items } = await api.list()
    return items.filter(p => p.metadata.name!.startsWith('burst')).every(isSettled) && items
  })
  t.comment(`300 creates and decisions in ${Math.round(performance.now() - startedMs)} ms`)
  const milli: Record<string, number> = {}
  for (const p of all) {
    const cpu = p.spec.containers[0]!.resources!.requests!.cpu!
    if (p.spec.nodeName) milli[p.spec.nodeName] = (milli[p.spec.nodeName] ?? 0) + (cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000)
  }
  t.ok((milli.n1 ?? 0) <= 2000 && (milli.n2 ?? 0) <= 8000 && (milli.n3 ?? 0) <= 8000, JSON.stringify(milli))
  const waiting = all.filter(p => p.metadata.name!.startsWith('burst') && !p.spec.nodeName)
  t.ok(waiting.length > 0, 'more were asked for than fits')
  t.match(waiting[0]!.status?.conditions?.find(c => c.type === 'PodScheduled')?.message, /^0\/3 nodes are available: 3 (Insufficient cpu|Too many pods)/)
})
