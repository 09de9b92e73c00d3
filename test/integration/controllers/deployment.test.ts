// Rollouts end to end: API server, scheduler and controllers are real; only containers are missing.
import t from 'tap'
import { deployments } from '../../../api/kinds/apps/deployment.ts'
import { replicaSets } from '../../../api/kinds/apps/replica-set.ts'
import { events } from '../../../api/kinds/core/event.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import type { Deployment } from '../../../api/types/apps-v1.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const plane = await startControlPlane()
t.teardown(() => plane.close())
const { client } = plane
await plane.addNode('n1', { pods: '500', cpu: '64' })
const namespace = 'default'
const api = client.of(deployments, namespace)

const make = (name: string, image: string, spec: Partial<Deployment['spec']> = {}): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  }) as Deployment
const isDone = (d: Deployment): boolean =>
  d.status?.observedGeneration === d.metadata.generation &&
  d.status?.updatedReplicas === d.spec.replicas &&
  d.status?.replicas === d.spec.replicas &&
  d.status?.availableReplicas === d.spec.replicas
const done = (name: string): Promise<Deployment> =>
  eventually(async () => {
    const d = await api.get(name)
    if (!isDone(d)) throw new Error(JSON.stringify(d.status))
    return d
  })
const setsOf = async (name: string): Promise<any[]> => (await client.of(replicaSets, namespace).list({ labelSelector: `app=${name}` })).items
const podsOf = async (name: string): Promise<any[]> => (await client.of(pods, namespace).list({ labelSelector: `app=${name}` })).items

await t.test('0 → 30 Ready, exactly 30 pods', async t => {
  const startedMs = performance.now()
  await api.create(make('burst', 'a', { replicas: 30 }))
  const d = await done('burst')
  t.comment(`30 pods Ready ${Math.round(performance.now() - startedMs)} ms after the POST`)
  const [rs] = await setsOf('burst')
  t.match(rs, {
    metadata: {
      ownerReferences: [{ kind: 'Deployment', name: 'burst', controller: true }],
      annotations: {
        'deployment.kubernetes.io/revision': '1',
        'deployment.kubernetes.io/desired-replicas': '30',
        'deployment.kubernetes.io/max-replicas': '38',
      },
    },
  })
  t.equal(rs.metadata.name, `burst-${rs.spec.selector.matchLabels['pod-template-hash']}`)
  t.match(d, {
    metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } },
    status: {
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `ReplicaSet "${rs.metadata.name}" has successfully progressed.` },
      ],
    },
  })
  const made = (await client.of(events, namespace).list()).items.filter(e => e.reason === 'SuccessfulCreate' && e.involvedObject.name === rs.metadata.name)
  t.ok(made.length > 0)
  t.equal((await podsOf('burst')).length, 30, 'never one too many')
})

await t.test('a rolling update keeps within surge and unavailable at every moment', async t => {
  await api.create(make('roll', 'a', { replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }))
  await done('roll')
  const informer = plane.informers.of(pods)
  let most = 0
  let fewest = Infinity
  const look = (): void => {
    const mine = informer.list(namespace).filter(p => p.metadata.labels?.app === 'roll')
    most = Math.max(most, mine.filter(p => !p.metadata.deletionTimestamp).length)
    fewest = Math.min(
      fewest,
      mine.filter(p => !p.metadata.deletionTimestamp && p.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')).length,
    )
  }
  const remove = informer.on({ add: look, update: look, delete: look })
  await api.patch('roll', 'strategic', { spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } } })
  const d = await eventually(async () => {
    const now = await done('roll')
    return now.metadata.annotations?.['deployment.kubernetes.io/revision'] === '2' && now
  })
  remove()
  t.ok(most <= 5, `at most 5 pods, saw ${most}`)
  t.ok(fewest >= 3, `at least 3 ready, saw ${fewest}`)
  t.match(d.status, { replicas: 4, updatedReplicas: 4 })
  const sizes = (await setsOf('roll')).map(rs => [rs.metadata.annotations['deployment.kubernetes.io/revision'], rs.spec.replicas]).sort()
  t.same(sizes, [
    ['1', 0],
    ['2', 4],
  ])
})

await t.test('undo: the old template becomes the newest revision of its own ReplicaSet', async t => {
  const before = await setsOf('roll')
  const old = before.find(rs => rs.metadata.annotations['deployment.kubernetes.io/revision'] === '1')
  const { 'pod-template-hash': _, ...labels } = old.spec.template.metadata.labels
  await api.patch('roll', 'json', [{ op: 'replace', path: '/spec/template', value: { ...old.spec.template, metadata: { labels } } }])
  const d = await eventually(async () => {
    const now = await done('roll')
    return now.metadata.annotations?.['deployment.kubernetes.io/revision'] === '3' && now
  })
  t.equal(d.spec.template.spec!.containers[0]!.image, 'a')
  const after = await setsOf('roll')
  t.equal(after.length, 2, 'no new ReplicaSet')
  t.match(
    after.find(rs => rs.metadata.uid === old.metadata.uid),
    { spec: { replicas: 4 }, metadata: { annotations: { 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' } } },
  )
})

await t.test('a broken image stops the rollout, the old pods go on, and the deadline is reported', async t => {
  await api.create(
    make('stuck', 'a', {
      replicas: 4,
      progressDeadlineSeconds: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    }),
  )
  await done('stuck')
  plane.broken.add('broken')
  await api.patch('stuck', 'strategic', { spec: { template: { spec: { containers: [{ name: 'c', image: 'broken' }] } } } })
  const d = await eventually(async () => {
    const now = await api.get('stuck')
    return now.status?.conditions?.some(c => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded') === true && now
  })
  t.match(d.status, { availableReplicas: 3, updatedReplicas: 2, unavailableReplicas: 2 })
  t.ok(d.status?.conditions?.some(c => c.type === 'Available' && c.status === 'True'))
  await t.test('scaled meanwhile, both grow in proportion', async t => {
    await api.patch('stuck', 'merge', { spec: { replicas: 8 } })
    await eventually(async () => (await setsOf('stuck')).reduce((n: number, rs) => n + Number(rs.spec.replicas), 0) === 10)
    const sizes = (await setsOf('stuck')).map(rs => rs.spec.replicas).sort((a, b) => a - b)
    t.same(sizes, [4, 6])
  })
})

await t.test('paused: nothing rolls, scaling still works; resumed: it rolls', async t => {
  await api.create(make('pause', 'a', { replicas: 1 }))
  await done('pause')
  await api.patch('pause', 'merge', { spec: { paused: true } })
  await api.patch('pause', 'strategic', { spec: { replicas: 2, template: { spec: { containers: [{ name: 'c', image: 'b' }] } } } })
  await eventually(async () => (await api.get('pause')).status?.availableReplicas === 2)
  t.equal((await setsOf('pause')).length, 1)
  t.ok((await api.get('pause')).status?.conditions?.some(c => c.reason === 'DeploymentPaused'))
  await api.patch('pause', 'merge', { spec: { paused: false } })
  await eventually(async () => (await setsOf('pause')).length === 2)
  await done('pause')
})

await t.test('Recreate: no old pod is left when the first new one comes', async t => {
  await api.create(make('recreate', 'a', { replicas: 2, strategy: { type: 'Recreate' } }))
  await done('recreate')
  let together = false
  const informer = plane.informers.of(pods)
  const look = (): void => {
    const images = new Set(
      informer
        .list(namespace)
        .filter(p => p.metadata.labels?.app === 'recreate')
        .map(p => p.spec.containers[0]!.image),
    )
    if (images.size > 1) together = true
  }
  const remove = informer.on({ add: look, update: look })
  await api.patch('recreate', 'strategic', { spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } } })
  await eventually(async () => isDone(await api.get('recreate')) && (await podsOf('recreate')).every(p => p.spec.containers[0].image === 'b'))
  remove()
  t.equal(together, false)
})

await t.test('old revisions beyond the limit are removed', async t => {
  await api.create(make('history', 'v0', { replicas: 1, revisionHistoryLimit: 1 }))
  await done('history')
  for (const image of ['v1', 'v2', 'v3']) {
    await api.patch('history', 'strategic', { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } })
    await eventually(async () => (await podsOf('history')).every(p => p.spec.containers[0].image === image) && isDone(await api.get('history')))
  }
  await eventually(async () => (await setsOf('history')).length === 2)
  t.same((await setsOf('history')).map(rs => rs.metadata.annotations['deployment.kubernetes.io/revision']).sort(), ['3', '4'])
})

await t.test('a pod that is deleted comes again, an orphan that matches is adopted, a relabelled one is released', async () => {
  const [rs] = await setsOf('burst')
  const [victim, strayed] = await podsOf('burst')
  await client.of(pods, namespace).delete(victim.metadata.name)
  await eventually(async () => (await podsOf('burst')).filter(p => p.metadata.uid !== victim.metadata.uid && !p.metadata.deletionTimestamp).length === 30)
  await client.of(pods, namespace).patch(strayed.metadata.name, 'merge', { metadata: { labels: { app: 'elsewhere' } } })
  await eventually(async () => {
    const now = await client.of(pods, namespace).get(strayed.metadata.name)
    return !now.metadata.ownerReferences?.length && (await podsOf('burst')).length === 30
  })
  await client.of(pods, namespace).create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orphan', labels: rs.spec.selector.matchLabels },
    spec: { containers: [{ name: 'c', image: 'a' }] },
  } as any)
  await eventually(async () => {
    const all = await podsOf('burst')
    return all.filter(p => !p.metadata.deletionTimestamp).length === 30 && all.every(p => p.metadata.ownerReferences?.[0]?.uid === rs.metadata.uid)
  })
})

await t.test('deleting the Deployment takes everything along', async t => {
  await api.delete('burst', { propagationPolicy: 'Foreground' })
  await eventually(async () => {
    return !(await api.list()).items.some(d => d.metadata.name === 'burst')
  })
  t.equal((await podsOf('burst')).length + (await setsOf('burst')).length, 0, 'the owner went last')
  await api.delete('roll', { propagationPolicy: 'Orphan' })
  await eventually(async () => !(await api.list()).items.some(d => d.metadata.name === 'roll'))
  const left = await eventually(async () => {
    const sets = await setsOf('roll')
    return sets.every(rs => !rs.metadata.ownerReferences?.length) && sets
  })
  t.equal(left.length, 2, 'orphans stay')
  t.equal((await podsOf('roll')).length, 4)
})

await t.test('when nothing changes nothing is written', async t => {
  let last = -1
  await eventually(
    () => {
      const now = plane.writes()
      const still = now === last
      last = now
      return still
    },
    10_000,
    300,
  )
  t.pass('writes have come to rest')
})
