// Each plugin against small clusters: which nodes it rejects in which words, what it scores, which events it finds helpful.
import t from 'tap'
import { nodeAffinity } from '../../../scheduler/plugins/node-affinity.ts'
import { nodePorts } from '../../../scheduler/plugins/node-ports.ts'
import { nodeResourcesBalancedAllocation } from '../../../scheduler/plugins/node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from '../../../scheduler/plugins/node-resources-fit.ts'
import { nodeUnschedulable } from '../../../scheduler/plugins/node-unschedulable.ts'
import { taintToleration } from '../../../scheduler/plugins/taint-toleration.ts'
import { nodeName } from '../../../scheduler/plugins/node-name.ts'
import type { NodeInfo, Plugin, PodInfo } from '../../../scheduler/framework/types.ts'
import { container, node, nodeInfo, podInfo } from './fixtures.ts'

const reasons = (plugin: Plugin, pod: PodInfo, on: NodeInfo): readonly string[] => plugin.preFilter?.(pod)?.filter(on)?.reasons ?? []
const score = (plugin: Plugin, pod: PodInfo, on: NodeInfo[]): number[] => {
  const run = plugin.preScore?.(pod)
  if (!run) return []
  const raw = on.map(n => run.score(n))
  return run.normalize?.(raw) ?? raw
}
const asking = (requests: Record<string, string>, name = 'p'): PodInfo => podInfo(name, { containers: [container(requests)] })

await t.test('NodeResourcesFit', async t => {
  const full = nodeInfo(node('n', { cpu: '1', memory: '1Gi', pods: '2', 'example.com/gpu': '1' }), [
    asking({ cpu: '600m', memory: '1Gi', 'example.com/gpu': '1' }, 'a'),
  ])
  t.same(reasons(nodeResourcesFit, asking({ cpu: '400m' }), full), [], 'exactly fits')
  t.same(reasons(nodeResourcesFit, asking({ cpu: '401m', memory: '1' }), full), ['Insufficient cpu', 'Insufficient memory'])
  t.same(reasons(nodeResourcesFit, asking({ 'example.com/gpu': '1', 'example.com/fpga': '1' }), full), [
    'Insufficient example.com/gpu',
    'Insufficient example.com/fpga',
  ])
  t.same(reasons(nodeResourcesFit, asking({}), full), [])
  t.same(reasons(nodeResourcesFit, asking({}), nodeInfo(node('n', { pods: '1' }), [podInfo('a')])), ['Too many pods'])
  t.equal(nodeResourcesFit.preFilter!(asking({ cpu: '2' }))!.filter(full)?.unresolvable, true, 'more than the node has at all')
  t.equal(nodeResourcesFit.preFilter!(asking({ cpu: '1' }))!.filter(full)?.unresolvable, false)
  // cpu: (4000 - 1000) × 100 / 4000 = 75, memory: (8 - 2) × 100 / 8 = 75; then 0 of cpu, 50 of memory.
  t.same(
    score(nodeResourcesFit, asking({ cpu: '1', memory: '2Gi' }), [nodeInfo(node('a')), nodeInfo(node('b'), [asking({ cpu: '3', memory: '2Gi' }, 'x')])]),
    [75, 25],
  )
  t.equal(nodeResourcesFit.mayHelp!({ type: 'NodeAdded', node: node('n', { cpu: '1' }) }, asking({ cpu: '2' })), false)
  t.equal(nodeResourcesFit.mayHelp!({ type: 'NodeChanged', old: node('n', { cpu: '1' }), node: node('n', { cpu: '2' }) }, asking({ cpu: '2' })), true)
  t.equal(
    nodeResourcesFit.mayHelp!(
      { type: 'NodeChanged', old: node('n', { cpu: '2' }), node: node('n', { cpu: '2' }, { labels: { a: 'b' } }) },
      asking({ cpu: '2' }),
    ),
    false,
  )
})

await t.test('NodeResourcesBalancedAllocation', async t => {
  // shares 0.25 and 0.75: 100 × (1 − 0.25)
  t.same(score(nodeResourcesBalancedAllocation, asking({ cpu: '1', memory: '6Gi' }), [nodeInfo(node('a'))]), [75])
  t.same(score(nodeResourcesBalancedAllocation, asking({}), [nodeInfo(node('a'))]), [], 'a best-effort pod is not scored')
})

await t.test('TaintToleration', async t => {
  const tainted = (effect: string, value?: string): NodeInfo => nodeInfo(node('n', {}, { spec: { taints: [{ key: 'k', effect, ...(value && { value }) }] } }))
  const with_ = (...tolerations: object[]): PodInfo => podInfo('p', { tolerations: tolerations as never })
  t.same(reasons(taintToleration, with_(), tainted('NoSchedule')), ['node(s) had untolerated taint(s)'])
  t.same(reasons(taintToleration, with_(), tainted('PreferNoSchedule')), [])
  t.same(reasons(taintToleration, with_({ operator: 'Exists' }), tainted('NoExecute')), [])
  t.same(reasons(taintToleration, with_({ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }), tainted('NoSchedule', 'v')), [])
  t.same(reasons(taintToleration, with_({ key: 'k', value: 'w' }), tainted('NoSchedule', 'v')).length, 1)
  t.same(reasons(taintToleration, with_({ key: 'k', operator: 'Exists', effect: 'NoExecute' }), tainted('NoSchedule')).length, 1)
  t.same(score(taintToleration, with_(), [tainted('PreferNoSchedule'), nodeInfo(node('m'))]), [0, 100])
  t.equal(taintToleration.mayHelp!({ type: 'NodeChanged', old: tainted('NoSchedule').node, node: node('n') }, with_()), true)
  t.equal(taintToleration.mayHelp!({ type: 'PodFreed', pod: podInfo('x'), gone: true }, with_()), false)
})

await t.test('NodeAffinity', async t => {
  const disk = nodeInfo(node('n', {}, { labels: { disk: 'ssd', cores: '8' } }))
  const required = (...terms: object[]): PodInfo =>
    podInfo('p', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms as never } } } })
  const message = ["node(s) didn't match Pod's node affinity/selector"]
  t.same(reasons(nodeAffinity, podInfo('p', { nodeSelector: { disk: 'ssd' } }), disk), [])
  t.same(reasons(nodeAffinity, podInfo('p', { nodeSelector: { disk: 'hdd' } }), disk), message)
  t.same(reasons(nodeAffinity, podInfo('p', { nodeSelector: { toString: 'x' } }), disk), message, 'inherited names are no labels')
  for (const [term, fits] of [
    [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd', 'nvme'] }] }, true],
    [{ matchExpressions: [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'disk', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['7'] }] }, true],
    [{ matchExpressions: [{ key: 'cores', operator: 'Lt', values: ['8'] }] }, false],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }, true],
    [{}, false],
  ] as [object, boolean][])
    t.same(reasons(nodeAffinity, required(term), disk), fits ? [] : message, JSON.stringify(term))
  t.same(
    reasons(
      nodeAffinity,
      required({ matchExpressions: [{ key: 'x', operator: 'Exists' }] }, { matchExpressions: [{ key: 'disk', operator: 'Exists' }] }),
      disk,
    ),
    [],
    'any term is enough',
  )
  t.same([...nodeAffinity.preFilter!(required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }))!.nodeNames!], ['n'])
  const preferring = podInfo('p', {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } }],
      },
    },
  })
  t.same(score(nodeAffinity, preferring, [disk, nodeInfo(node('m'))]), [100, 0])
})

await t.test('NodePorts', async t => {
  const using = (hostPort: number, hostIP?: string, protocol?: string): PodInfo =>
    podInfo(`p${hostPort}`, {
      containers: [container(undefined, { ports: [{ containerPort: 80, hostPort, ...(hostIP && { hostIP }), ...(protocol && { protocol }) }] as never })],
    })
  const taken = nodeInfo(node('n'), [using(80, '10.0.0.1')])
  t.same(reasons(nodePorts, using(80), taken), ["node(s) didn't have free ports for the requested pod ports"])
  t.same(reasons(nodePorts, using(80, '10.0.0.2'), taken), [])
  t.same(reasons(nodePorts, using(80, '10.0.0.1', 'UDP'), taken), [])
  t.same(reasons(nodePorts, using(81), taken), [])
})

await t.test('NodeUnschedulable and NodeName', async t => {
  const cordoned = nodeInfo(node('n', {}, { spec: { unschedulable: true } }))
  t.same(reasons(nodeUnschedulable, podInfo('p'), cordoned), ['node(s) were unschedulable'])
  t.same(reasons(nodeUnschedulable, podInfo('p', { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }), cordoned), [])
  t.equal(nodeUnschedulable.mayHelp!({ type: 'NodeChanged', old: cordoned.node, node: node('n') }, podInfo('p')), true)
  t.same(reasons(nodeName, podInfo('p', { nodeName: 'm' }), cordoned), ["node(s) didn't match the requested node name"])
})
