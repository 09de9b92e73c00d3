import t from 'tap'
import type { Node } from '../../../api/types/core-v1.ts'
import { firstFree, formatCidr, parseCidr } from '../../../controllers/cidr.ts'
import { computeSilentConditions } from '../../../controllers/node-lifecycle/compute-health.ts'
import { computeTaints } from '../../../controllers/node-lifecycle/compute-taints.ts'
import { computeStaySeconds } from '../../../controllers/taint-eviction.ts'

const nowMs = 1_700_000_000_000
const node = (conditions: Record<string, string>, spec: Partial<Node['spec']> = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', creationTimestamp: '2023-01-01T00:00:00Z' },
    spec,
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  }) as Node
const shown = (taints: ReturnType<typeof computeTaints>): string[] | undefined =>
  taints?.map(x => `${x.key.replace('node.kubernetes.io/', '')}:${x.effect}`).sort()
const taint = (name: string, effect: string): { key: string; effect: string } => ({ key: `node.kubernetes.io/${name}`, effect })

await t.test('taints follow conditions', async t => {
  t.equal(computeTaints(node({ Ready: 'True' }), nowMs), undefined)
  t.same(shown(computeTaints(node({ Ready: 'False', MemoryPressure: 'True' }), nowMs)), [
    'memory-pressure:NoSchedule',
    'not-ready:NoExecute',
    'not-ready:NoSchedule',
  ])
  t.same(
    shown(
      computeTaints(
        node({ Ready: 'Unknown' }, { taints: [taint('not-ready', 'NoExecute'), taint('not-ready', 'NoSchedule'), { key: 'mine', effect: 'NoSchedule' }] }),
        nowMs,
      ),
    ),
    ['mine:NoSchedule', 'unreachable:NoExecute', 'unreachable:NoSchedule'],
  )
  t.same(computeTaints(node({ Ready: 'True' }, { taints: [taint('unreachable', 'NoExecute')] }), nowMs), [])
  t.same(shown(computeTaints(node({ Ready: 'True' }, { unschedulable: true }), nowMs)), ['unschedulable:NoSchedule'])
  t.equal(
    computeTaints(node({}, { taints: [taint('not-ready', 'NoSchedule')] }), nowMs),
    undefined,
    'a node registers with not-ready: it stays until the node reports',
  )
  t.equal(computeTaints(node({ Ready: 'False' }), nowMs)?.find(x => x.effect === 'NoExecute')?.timeAdded, '2023-11-14T22:13:20Z')
})

await t.test('silence', async t => {
  const silent = computeSilentConditions(node({ Ready: 'True', MemoryPressure: 'False', NetworkUnavailable: 'False' }), nowMs)!
  t.match(
    silent.find(c => c.type === 'Ready'),
    { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
  )
  t.match(
    silent.find(c => c.type === 'PIDPressure'),
    { status: 'Unknown', reason: 'NodeStatusNeverUpdated' },
  )
  t.equal(silent.find(c => c.type === 'NetworkUnavailable')?.status, 'False', "the network's own word stays")
  t.equal(computeSilentConditions({ ...node({}), status: { conditions: silent } } as Node, nowMs), undefined)
})

await t.test('how long a pod stays', async t => {
  const noExecute = [{ key: 'a', effect: 'NoExecute' }]
  t.equal(computeStaySeconds(noExecute, []), 0)
  t.equal(computeStaySeconds(noExecute, [{ key: 'a', operator: 'Exists' }]), undefined)
  t.equal(
    computeStaySeconds(noExecute, [
      { key: 'a', operator: 'Exists', tolerationSeconds: 300 },
      { operator: 'Exists', tolerationSeconds: 20 },
    ]),
    20,
  )
  t.equal(computeStaySeconds([...noExecute, { key: 'b', effect: 'NoExecute' }], [{ key: 'a', operator: 'Exists' }]), 0)
})

await t.test('address ranges', async t => {
  const range = parseCidr('10.42.0.0/16')
  t.equal(formatCidr(firstFree(range, 24, [])!), '10.42.0.0/24')
  t.equal(formatCidr(firstFree(range, 24, ['10.42.0.0/24', '10.42.1.0/24', '10.42.3.0/24'].map(parseCidr))!), '10.42.2.0/24')
  t.equal(formatCidr(firstFree(range, 24, [parseCidr('10.42.0.0/23')])!), '10.42.2.0/24', 'parts of another size count too')
  t.equal(firstFree(parseCidr('10.0.0.0/23'), 24, ['10.0.0.0/24', '10.0.1.0/24'].map(parseCidr)), undefined, 'full')
  t.equal(formatCidr(firstFree(parseCidr('fd00:1::/56'), 64, [parseCidr('fd00:1::/64')])!), 'fd00:1:0:1::/64')
  for (const bad of ['10.42.0.0', '10.42.0/16', '300.1.1.1/8', '10.0.0.0/33', 'fd00::1::/64', '']) t.throws(() => parseCidr(bad), /is no address range/)
  t.throws(() => firstFree(range, 8, []), /does not fit/)
})
