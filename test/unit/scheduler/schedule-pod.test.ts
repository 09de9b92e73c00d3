import t from 'tap'
import { feasibleNodesToFind, schedulePod } from '../../../scheduler/framework/schedule-pod.ts'
import { plugins } from '../../../scheduler/plugins/registry.ts'
import { container, node, nodeInfo, podInfo } from './fixtures.ts'

const asking = (cpu: string, name = 'p'): ReturnType<typeof podInfo> => podInfo(name, { containers: [container({ cpu, memory: '1Gi' })] })

await t.test('the emptier node wins', async t => {
  const nodes = [nodeInfo(node('busy'), [asking('2', 'x')]), nodeInfo(node('free'))]
  t.match(schedulePod(asking('1'), nodes, plugins), { node: { name: 'free' }, feasible: 2, evaluated: 2 })
})

await t.test('ties are drawn', async t => {
  const nodes = ['a', 'b', 'c'].map(name => nodeInfo(node(name)))
  t.match(schedulePod(asking('1'), nodes, plugins, { random: () => 0.99 }), { node: { name: 'a' } })
  t.match(schedulePod(asking('1'), nodes, plugins, { random: () => 0 }), { node: { name: 'c' } })
})

await t.test('a failure says why, counted and sorted as users know it', async t => {
  const nodes = [
    nodeInfo(node('a', { cpu: '1' })),
    nodeInfo(node('b', { cpu: '1' })),
    nodeInfo(node('c', {}, { spec: { unschedulable: true } })),
    nodeInfo(node('d', {}, { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })),
  ]
  const decision = schedulePod(asking('2'), nodes, plugins)
  t.match(decision, { message: '0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 Insufficient cpu.' })
  if (decision.node) t.fail('no node fits')
  else t.same([...decision.rejectedBy].sort(), ['NodeResourcesFit', 'NodeUnschedulable', 'TaintToleration'])
  t.match(schedulePod(asking('2'), [], plugins), { message: 'no nodes available to schedule pods' })
})

await t.test('large clusters are searched in part, from where the last search ended', async t => {
  for (const [count, wanted] of [
    [10, 10],
    [100, 100],
    [500, 230],
    [5000, 500],
    [10000, 500],
  ] as const)
    t.equal(feasibleNodesToFind(count), wanted)
  const nodes = Array.from({ length: 500 }, (_, i) => nodeInfo(node(`n${i}`)))
  t.match(schedulePod(asking('1'), nodes, plugins, { startIndex: 400 }), { feasible: 230, evaluated: 230 })
})
