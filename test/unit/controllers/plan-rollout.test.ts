// Rollout arithmetic as tables: rounding, steps of a rolling update, proportional scaling.
import t from 'tap'
import type { Deployment, ReplicaSet } from '../../../api/types/apps-v1.ts'
import {
  isScalingEvent,
  maxSurgeOf,
  maxUnavailableOf,
  newReplicas,
  planNewReplicaSet,
  planOldReplicaSets,
  planScaling,
  resolveFenceposts,
} from '../../../controllers/deployment/plan-rollout.ts'

const deployment = (replicas: number, maxSurge: number | string = '25%', maxUnavailable: number | string = '25%', type = 'RollingUpdate'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { replicas, selector: {}, template: {}, strategy: { type, ...(type === 'RollingUpdate' && { rollingUpdate: { maxSurge, maxUnavailable } }) } },
})
const ages = Array.from({ length: 1000 }, (_, i) => i)
const set = (replicas: number, available = replicas, annotations?: [desired: number, max: number], actual = replicas, serial = ages.shift()!): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `rs${serial}`,
    uid: `u${serial}`,
    creationTimestamp: new Date(1_700_000_000_000 + serial * 1000).toISOString(),
    ...(annotations && {
      annotations: { 'deployment.kubernetes.io/desired-replicas': String(annotations[0]), 'deployment.kubernetes.io/max-replicas': String(annotations[1]) },
    }),
  },
  spec: { replicas, selector: {} },
  status: { replicas: actual, availableReplicas: available },
})
const sizes = (steps: { rs: ReplicaSet; replicas: number }[], sets: ReplicaSet[]): number[] =>
  sets.map(rs => steps.find(s => s.rs === rs)?.replicas ?? rs.spec.replicas!)

await t.test('surge rounds up, unavailable down, both zero means one unavailable', async t => {
  for (const [surge, unavailable, desired, expected] of [
    ['25%', '25%', 10, [3, 2]],
    ['25%', '25%', 1, [1, 0]],
    ['25%', '25%', 3, [1, 0]],
    ['25%', '25%', 4, [1, 1]],
    [0, 0, 10, [0, 1]],
    ['0%', '10%', 5, [0, 1]],
    ['10%', '0%', 1, [1, 0]],
    ['100%', '100%', 7, [7, 7]],
    [2, 1, 10, [2, 1]],
    ['33%', '33%', 100, [33, 33]],
    ['25%', '25%', 0, [0, 1]],
  ] as const) {
    const r = resolveFenceposts(surge, unavailable, desired)
    t.same([r.surge, r.unavailable], expected, `${surge}, ${unavailable} of ${desired}`)
  }
  t.equal(maxUnavailableOf(deployment(2, 0, 5)), 2, 'never more than there are')
  t.equal(maxUnavailableOf(deployment(0)), 0)
  t.equal(maxSurgeOf(deployment(4, '25%', 0, 'Recreate')), 0)
})

await t.test('the new ReplicaSet grows into the room that surge leaves', async t => {
  for (const [desired, surge, old, fresh, expected] of [
    [10, 3, 10, 0, 3],
    [10, 3, 8, 3, 5],
    [10, 0, 10, 0, 0],
    [10, 3, 0, 5, 10],
    [10, 3, 13, 0, 0],
    [10, '25%', 9, 2, 4],
  ] as const) {
    const sets = [set(old), set(fresh)]
    t.equal(newReplicas(deployment(desired, surge), sets, fresh), expected, `${old} old, ${fresh} new of ${desired}`)
  }
  t.equal(newReplicas(deployment(10, '25%', '25%', 'Recreate'), [set(10)], 0), 10)
  t.equal(newReplicas(deployment(4, 1), [set(3, 4, undefined, 4), set(1)], 1), 1, 'a shrunk set that still has its pods leaves no room')
  t.equal(planNewReplicaSet(deployment(3), [], set(5))?.replicas, 3, 'too many: down at once')
  t.equal(planNewReplicaSet(deployment(3), [], set(3)), undefined)
})

await t.test('old ReplicaSets shrink by what is available beyond the minimum, unhealthy pods first', async t => {
  const cases: [string, Deployment, ReplicaSet[], ReplicaSet, number[]][] = [
    ['nothing new is available yet: only what may be unavailable goes', deployment(10, 0, 2), [set(10)], set(0, 0), [8]],
    ['surge that is not available does not help', deployment(10, 3, 0), [set(10)], set(3, 0), [10]],
    ['each available new pod frees an old one', deployment(10, 3, 0), [set(10)], set(3, 2), [8]],
    ['the oldest first', deployment(10, 5, 0), [set(3), set(7)], set(5, 5), [0, 5]],
    ['unhealthy ones go though the minimum is not reached', deployment(10, 2, 2), [set(10, 8)], set(2, 0), [8]],
    ['unhealthy and surplus in one step', deployment(4, 1, 1), [set(4, 3)], set(1, 1), [2]],
    ['a pod beyond the spec counts no more', deployment(4, 1, 1), [set(3, 4, undefined, 4)], set(2, 1), [2]],
    ['all done', deployment(2, 1, 0), [set(0)], set(2, 2), [0]],
    ['maxUnavailable 100 %', deployment(4, 0, '100%'), [set(4)], set(0, 0), [0]],
  ]
  for (const [name, d, old, fresh, expected] of cases) t.same(sizes(planOldReplicaSets(d, old, fresh), old), expected, name)
})

await t.test('a rolling update, played through: never beyond its bounds', async t => {
  for (const [replicas, surge, unavailable] of [
    [10, 3, 2],
    [1, 1, 0],
    [5, 0, 1],
    [7, '25%', '25%'],
    [3, '100%', 0],
    [50, '25%', '25%'],
  ] as const) {
    const d = deployment(replicas, surge, unavailable)
    const old = set(replicas)
    const fresh = set(0, 0)
    let steps = 0
    while ((old.spec.replicas! > 0 || fresh.status!.availableReplicas! < replicas) && steps++ < 500) {
      const grow = planNewReplicaSet(d, [old, fresh], fresh)
      if (grow) fresh.spec.replicas = grow.replicas
      else for (const { rs, replicas: n } of planOldReplicaSets(d, [old], fresh)) rs.spec.replicas = n
      const total = old.spec.replicas! + fresh.spec.replicas!
      const available = Math.min(old.status!.availableReplicas!, old.spec.replicas!) + fresh.status!.availableReplicas!
      if (total > replicas + maxSurgeOf(d) || available < replicas - maxUnavailableOf(d)) t.fail(`step ${steps}: ${total} pods, ${available} available`)
      Object.assign(old.status!, { replicas: old.spec.replicas, availableReplicas: old.spec.replicas })
      // One pod becomes available per step.
      Object.assign(fresh.status!, { replicas: fresh.spec.replicas, availableReplicas: Math.min(fresh.spec.replicas!, fresh.status!.availableReplicas! + 1) })
    }
    t.same([old.spec.replicas, fresh.spec.replicas], [0, replicas], `${replicas}, surge ${surge}, unavailable ${unavailable}: ${steps} steps`)
  }
})

await t.test('scaling while a rollout is under way is proportional', async t => {
  const cases: [string, Deployment, ReplicaSet[], ReplicaSet | undefined, number[]][] = [
    ['one active: it takes all', deployment(8, 2, 2), [set(0)], set(5, 5, [5, 7]), [0, 8]],
    ['none active: the new one', deployment(4), [set(0)], set(0), [0, 4]],
    ['up, in proportion', deployment(20, 3, 0), [set(10, 10, [10, 13])], set(3, 0, [10, 13]), [18, 5]],
    ['up, the rest goes to the larger', deployment(11, 0, 2), [set(5, 5, [10, 10])], set(5, 5, [10, 10]), [5, 6]],
    ['down, in proportion', deployment(5, 2, 0), [set(8, 8, [10, 12])], set(4, 0, [10, 12]), [5, 2]],
    ['to zero', deployment(0, 2, 0), [set(8, 8, [10, 12])], set(4, 0, [10, 12]), [0, 0]],
    ['the new one is whole: old ones go', deployment(4), [set(2)], set(4, 4, [4, 5]), [0, 4]],
  ]
  for (const [name, d, old, fresh, expected] of cases) {
    const all = fresh ? [...old, fresh] : old
    t.same(sizes(planScaling(d, old, fresh), all), expected, name)
  }
  t.equal(isScalingEvent(deployment(5), [set(3, 3, [4, 5])]), true)
  t.equal(isScalingEvent(deployment(4), [set(3, 3, [4, 5]), set(0, 0, [9, 9])]), false)
})
