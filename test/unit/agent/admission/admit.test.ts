import t from 'tap'
import { admit, admitResize } from '../../../../agent/admission/admit.ts'
import { main, podOf } from '../scenes.ts'

const needs = (cpu: string) => ({ name: 'c', image: 'x', resources: { requests: { cpu } } })
const facts = { nodeLabels: { disk: 'ssd' }, allocatable: { cpu: '2', memory: '1Gi', pods: '3' }, others: [] }

await t.test('room, count, labels', async t => {
  t.equal(admit(podOf({ containers: [needs('2')] }), facts), undefined)
  t.match(admit(podOf({ containers: [needs('1')] }), { ...facts, others: [podOf({ containers: [needs('1500m')] })] }), {
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000",
  })
  t.match(admit(podOf(), { ...facts, others: [podOf(), podOf(), podOf()] }), { reason: 'OutOfpods' })
  t.match(admit(podOf({ nodeSelector: { disk: 'hdd' } }), facts), { reason: 'NodeAffinity' })
  t.equal(admit(podOf({ nodeSelector: { disk: 'ssd' }, containers: [main] }), facts), undefined)
})

await t.test('a resize is given, waits for room, or can never be', async t => {
  const others = [podOf({ containers: [needs('500m')] })]
  t.equal(admitResize(podOf({ containers: [needs('1500m')] }), { ...facts, others }), undefined)
  t.same(admitResize(podOf({ containers: [needs('1600m')] }), { ...facts, others }), {
    reason: 'Deferred',
    message: "Node didn't have enough resource: cpu, requested: 1600, used: 500, capacity: 2000",
  })
  t.same(admitResize(podOf({ containers: [needs('3')] }), { ...facts, others }), {
    reason: 'Infeasible',
    message: "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000",
  })
})
