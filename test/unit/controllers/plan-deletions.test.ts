import t from 'tap'
import type { Pod } from '../../../api/types/core-v1.ts'
import { rankForDeletion } from '../../../controllers/replica-set/plan-deletions.ts'
import { createExpectations } from '../../../controllers/expectations.ts'
import { createFakeClock } from '../client/fake-clock.ts'

const nowMs = 1_700_000_000_000
const ago = (ms: number): string => new Date(nowMs - ms).toISOString()
interface Options {
  node?: string
  phase?: string
  ready?: boolean
  cost?: string
  readyMs?: number
  restarts?: number
  ageMs?: number
}
const pod = (name: string, { node = 'n1', phase = 'Running', ready = true, cost, readyMs = 1000, restarts = 0, ageMs = 1000 }: Options = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, creationTimestamp: ago(ageMs), ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }) },
  spec: { containers: [], ...(node && { nodeName: node }) },
  status: {
    phase,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readyMs) }],
    containerStatuses: [{ name: 'c', restartCount: restarts, ready, image: '', imageID: '' }],
  },
})
const order = (pods: Pod[], neighbours: Record<string, number> = {}): string[] =>
  rankForDeletion(pods, node => neighbours[node] ?? 1, nowMs).map(p => p.metadata.name!)

for (const [name, first, second, neighbours] of [
  ['without a node before with one', { node: '' }, {}, {}],
  ['pending before running', { phase: 'Pending', ready: false }, { phase: 'Running', ready: false }, {}],
  ['not ready before ready', { ready: false }, {}, {}],
  ['the cheaper before the dearer', { cost: '-5' }, { cost: '3' }, {}],
  ['no cost is 0, nonsense too', { cost: 'x' }, { cost: '1' }, {}],
  ['where more of them are', { node: 'full' }, { node: 'n1' }, { full: 4 }],
  ['ready for a shorter time', { readyMs: 1_000 }, { readyMs: 60_000 }, {}],
  ['more restarts first', { restarts: 3 }, { restarts: 1 }, {}],
  ['the younger first', { ageMs: 1_000 }, { ageMs: 60_000 }, {}],
] as [string, Options, Options, Record<string, number>][]) {
  await t.test(name, async t => {
    t.same(order([pod('b', second), pod('a', first)], neighbours), ['a', 'b'])
    t.same(order([pod('a', first), pod('b', second)], neighbours), ['a', 'b'])
  })
}
await t.test('about the same age: drawn by uid, not by age', async t => {
  t.same(order([pod('b', { ageMs: 1_000 }), pod('a', { ageMs: 1_001 })]), ['a', 'b'])
})

await t.test('expectations', async t => {
  const clock = createFakeClock()
  const e = createExpectations(clock)
  t.ok(e.satisfied('k'))
  e.expectCreations('k', 2)
  e.created('k')
  t.notOk(e.satisfied('k'))
  e.created('k')
  t.ok(e.satisfied('k'))
  e.expectDeletions('k', ['a', 'b'])
  e.deleted('k', 'a')
  e.deleted('k', 'a')
  t.notOk(e.satisfied('k'), 'the same deletion seen twice counts once')
  clock.advance(5 * 60_000 + 1)
  t.ok(e.satisfied('k'), 'given up after five minutes')
})
