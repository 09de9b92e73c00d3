import t from 'tap'
import type { Deployment, ReplicaSet } from '../../../api/types/apps-v1.ts'
import { computeRolloutStatus, deadlineAtMs, isComplete, sameStatus } from '../../../controllers/deployment/compute-status.ts'
import { computeHash, findNewReplicaSet, sameTemplate } from '../../../controllers/deployment/compute-template.ts'
import { newReplicaSetAnnotations, planCleanup } from '../../../controllers/deployment/compute-revision.ts'

const nowMs = 1_700_000_000_000
const at = (offsetMs: number): string => new Date(nowMs + offsetMs).toISOString().replace('.000Z', 'Z')
const d = (status: object = {}, spec: object = {}, metadata: object = {}): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', generation: 2, ...metadata },
    spec: { replicas: 3, progressDeadlineSeconds: 10, selector: {}, template: {}, ...spec },
    status,
  }) as Deployment
const rs = (name: string, replicas: number, ready: number, more: object = {}): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, uid: name },
    spec: { replicas, selector: {} },
    status: { replicas, readyReplicas: ready, availableReplicas: ready, ...more },
  }) as ReplicaSet
const progressing = (reason: string, sinceMs: number, status = 'True'): object => ({
  type: 'Progressing',
  status,
  reason,
  message: 'm',
  lastUpdateTime: at(-sinceMs),
  lastTransitionTime: at(-sinceMs),
})
const reasonOf = (status: ReturnType<typeof computeRolloutStatus>, type = 'Progressing'): unknown => status.conditions?.find(c => c.type === type)?.reason

await t.test('counts and Available', async t => {
  const fresh = rs('new', 2, 1)
  const status = computeRolloutStatus(d(), [rs('old', 2, 2), fresh], fresh, nowMs)
  t.match(status, { observedGeneration: 2, replicas: 4, updatedReplicas: 2, readyReplicas: 3, availableReplicas: 3, unavailableReplicas: 1 })
  t.equal(reasonOf(status, 'Available'), 'MinimumReplicasAvailable')
  t.equal(reasonOf(computeRolloutStatus(d(), [rs('old', 1, 1)], undefined, nowMs), 'Available'), 'MinimumReplicasUnavailable')
})

await t.test('Progressing: a step, done, late', async t => {
  const fresh = rs('new', 3, 1)
  const step = computeRolloutStatus(d({ conditions: [progressing('NewReplicaSetCreated', 5_000)] }), [fresh], fresh, nowMs)
  t.match(
    step.conditions?.find(c => c.type === 'Progressing'),
    { status: 'True', reason: 'ReplicaSetUpdated', message: 'ReplicaSet "new" is progressing.', lastUpdateTime: at(0), lastTransitionTime: at(-5_000) },
  )
  const whole = rs('new', 3, 3)
  const done = computeRolloutStatus(d({ ...step }), [whole], whole, nowMs)
  t.equal(reasonOf(done), 'NewReplicaSetAvailable')
  t.equal(isComplete(d(), done), true)
  const still = { updatedReplicas: 3, replicas: 3, readyReplicas: 1, availableReplicas: 1 }
  t.equal(
    reasonOf(computeRolloutStatus(d({ ...still, conditions: [progressing('ReplicaSetUpdated', 9_000)] }), [fresh], fresh, nowMs)),
    'ReplicaSetUpdated',
    'in time',
  )
  const late = computeRolloutStatus(d({ ...still, conditions: [progressing('ReplicaSetUpdated', 11_000)] }), [fresh], fresh, nowMs)
  t.match(
    late.conditions?.find(c => c.type === 'Progressing'),
    { status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "new" has timed out progressing.', lastTransitionTime: at(0) },
  )
  t.equal(sameStatus(late, computeRolloutStatus(d({ ...late }), [fresh], fresh, nowMs + 60_000)), true, 'said once')
  t.equal(
    reasonOf(computeRolloutStatus(d({ ...late }, { progressDeadlineSeconds: 2147483647 }), [fresh], fresh, nowMs)),
    undefined,
    'no deadline, no condition',
  )
  t.equal(deadlineAtMs(d(), [progressing('ReplicaSetUpdated', 3_000)] as never), nowMs + 7_000)
  t.equal(deadlineAtMs(d(), late.conditions), undefined)
})

await t.test('a ReplicaSet that cannot make pods is shown', async t => {
  const fresh = rs('new', 3, 0, { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }] })
  const status = computeRolloutStatus(d(), [fresh], fresh, nowMs)
  t.match(
    status.conditions?.find(c => c.type === 'ReplicaFailure'),
    { status: 'True', reason: 'FailedCreate', message: 'quota' },
  )
  t.equal(reasonOf(computeRolloutStatus(d({ ...status }), [rs('new', 3, 0)], undefined, nowMs), 'ReplicaFailure'), undefined)
})

await t.test('templates compare by meaning, and hash by it', async t => {
  const template = (labels: object, more: object = {}): never =>
    ({ metadata: { labels, creationTimestamp: null }, spec: { containers: [{ name: 'c', image: 'i', resources: {} }], ...more } }) as never
  t.ok(sameTemplate(template({ a: 'b', 'pod-template-hash': 'x' }), template({ a: 'b' }, { volumes: [] })))
  t.notOk(sameTemplate(template({ a: 'b' }), template({ a: 'c' })))
  t.equal(computeHash(template({ a: 'b' })), computeHash(template({ a: 'b', 'pod-template-hash': 'x' })))
  t.not(computeHash(template({ a: 'b' })), computeHash(template({ a: 'b' }), 1))
  t.match(computeHash(template({ a: 'b' })), /^[bcdfghjklmnpqrstvwxz2456789]{5,10}$/)
  const sets = ['1', '2'].map(name => ({ ...rs(name, 1, 1), spec: { selector: {}, template: template({ a: 'b' }) } }))
  t.equal(findNewReplicaSet(d({}, { template: template({ a: 'b' }) }), sets)?.metadata.name, '1')
})

await t.test('revisions', async t => {
  const owner = d({}, {}, { annotations: { note: 'n', 'kubectl.kubernetes.io/last-applied-configuration': 'x', 'deployment.kubernetes.io/revision': '7' } })
  t.same(newReplicaSetAnnotations(owner, undefined, 1), {
    note: 'n',
    'deployment.kubernetes.io/revision': '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  })
  const again = { ...rs('x', 1, 1), metadata: { annotations: { 'deployment.kubernetes.io/revision': '2', 'deployment.kubernetes.io/revision-history': '1' } } }
  t.match(newReplicaSetAnnotations(owner, again, 5), { 'deployment.kubernetes.io/revision': '5', 'deployment.kubernetes.io/revision-history': '1,2' })
  const old = [3, 1, 2].map(n => ({
    ...rs(`r${n}`, n === 1 ? 1 : 0, 0),
    metadata: { name: `r${n}`, annotations: { 'deployment.kubernetes.io/revision': String(n) } },
  }))
  t.same(
    planCleanup(d({}, { revisionHistoryLimit: 1 }), old).map(r => r.metadata.name),
    ['r2'],
    'one in use stays',
  )
  t.same(planCleanup(d({}, { revisionHistoryLimit: 3 }), old), [])
})
