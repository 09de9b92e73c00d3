import t from 'tap'
import { admit, toRequest } from '../../../../agent/admission/admit.ts'
import { main, podOf } from '../scenes.ts'

const needs = (cpu: string, name = 'c', restartPolicy?: string) => ({
  name,
  image: 'x',
  resources: { requests: { cpu } },
  ...(restartPolicy && { restartPolicy }),
})
const facts = { nodeLabels: { disk: 'ssd' }, allocatable: { cpu: '2', memory: '1Gi', pods: '3' }, others: [] }

await t.test('requests: init containers one by one, sidecars on top', async t => {
  t.equal(toRequest(podOf({ containers: [needs('500m'), needs('250m')] }), 'cpu'), 0.75)
  t.equal(toRequest(podOf({ initContainers: [needs('2')], containers: [needs('500m')] }), 'cpu'), 2)
  t.equal(toRequest(podOf({ initContainers: [needs('1', 's', 'Always'), needs('2')], containers: [needs('500m')], overhead: { cpu: '100m' } }), 'cpu'), 3.1)
  t.equal(toRequest(podOf({ resources: { requests: { cpu: '4' } }, containers: [needs('1')] }), 'cpu'), 4)
})

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
