import t from 'tap'
import { computeTermination, type TerminationInput } from '../../../../agent/plan/termination.ts'
import { now, podOf } from '../scenes.ts'

const of = (more: Partial<TerminationInput> = {}) =>
  computeTermination({ pod: podOf(), gone: false, rejection: undefined, status: undefined, sinceMs: undefined, bornMs: now, nowMs: now, ...more }).termination
const deleted = (grace: number, atMs: number) => {
  const pod = podOf()
  pod.metadata.deletionGracePeriodSeconds = grace
  pod.metadata.deletionTimestamp = new Date(atMs).toISOString()
  return pod
}

await t.test('a pod that nobody wants gone runs on', async t => {
  t.equal(of(), undefined)
  t.equal(of({ status: { phase: 'Running', startTime: '2025-12-31T00:00:00Z' } }), undefined)
})

await t.test('grace counts from when the agent saw the deletion', async t => {
  t.match(of({ pod: deleted(1, now + 1000), sinceMs: now }), { why: 'deleted', graceSeconds: 1 })
  t.match(of({ pod: deleted(30, now + 30_000), sinceMs: now, nowMs: now + 10_000 }), { graceSeconds: 20 })
  t.match(of({ pod: deleted(0, now), sinceMs: now }), { graceSeconds: 0 })
  t.match(of({ pod: deleted(30, now - 60_000), sinceMs: now }), { graceSeconds: 1 }, 'an earlier agent has waited already')
  t.match(of({ pod: deleted(30, now + 10_000), sinceMs: now }), { graceSeconds: 10 }, 'or some of it')
  t.match(of({ gone: true }), { why: 'deleted', graceSeconds: 1 })
})

await t.test('refusal, final phase, deadline', async t => {
  t.match(of({ rejection: { reason: 'OutOfcpu', message: 'm' } }), { why: 'rejected', reason: 'OutOfcpu' })
  t.match(of({ status: { phase: 'Failed' } }), { why: 'completed' })
  const pod = podOf({ activeDeadlineSeconds: 60 })
  const status = { phase: 'Running', startTime: '2025-12-31T23:59:00Z' }
  t.match(of({ pod, status }), { why: 'deadline', reason: 'DeadlineExceeded' })
  t.equal(of({ pod, status, nowMs: now - 1 }), undefined)
})
