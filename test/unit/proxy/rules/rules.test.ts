import t from 'tap'
import type { Pod, Service } from '../../../../api/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../../../api/types/discovery-v1.ts'
import { planStaleFlows, toConntrackArguments } from '../../../../proxy/rules/conntrack.ts'
import { diffStates, neededChains, toCommands } from '../../../../proxy/rules/diff.ts'
import { assignSlots, toServiceElements } from '../../../../proxy/rules/elements.ts'
import type { Element } from '../../../../proxy/rules/elements.ts'
import { toHostPortElements } from '../../../../proxy/rules/host-ports.ts'
import { toServicePorts } from '../../../../proxy/rules/model.ts'
import { diffRoutes, parseRoutes, planRoutes } from '../../../../proxy/rules/routes.ts'
import { parsePoolChainName, toPoolChainName } from '../../../../proxy/rules/table.ts'
import { createTableState } from '../../../../proxy/rules/table-state.ts'

const service = (spec: object, metadata: object = {}): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'x', ...metadata }, spec }) as Service
const slice = (endpoints: Endpoint[], ports: NonNullable<EndpointSlice['ports']> = [{ name: '', port: 8080 }]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {},
  addressType: 'IPv4',
  endpoints,
  ports,
})
const ready = (address: string, nodeName = 'n1', conditions: Endpoint['conditions'] = { ready: true }): Endpoint => ({
  addresses: [address],
  nodeName,
  conditions,
})
const clusterIp = { clusterIP: '10.43.0.5', ports: [{ port: 80 }] }
const ports = (spec: object, ...endpoints: Endpoint[]): ReturnType<typeof toServicePorts> => toServicePorts(service(spec), [slice(endpoints)], 'n1')
const elementsOf = (spec: object, ...endpoints: Endpoint[]): string[] =>
  ports(spec, ...endpoints)
    .flatMap(p =>
      toServiceElements(
        p,
        () => [],
        () => true,
      ),
    )
    .map(e => `${e.set} ${e.key}${e.value && ` : ${e.value}`}`)
    .sort()

await t.test('which endpoints are used', async t => {
  const terminating = { ready: false, serving: true, terminating: true }
  const used = (...endpoints: Endpoint[]): readonly string[] => ports(clusterIp, ...endpoints)[0]!.endpoints
  t.same(used(ready('10.42.0.2'), ready('10.42.0.3', 'n2')), ['10.42.0.2 . 8080', '10.42.0.3 . 8080'])
  t.same(used({ addresses: ['10.42.0.2'] }), ['10.42.0.2 . 8080'], 'unset means ready')
  t.same(used(ready('10.42.0.2'), ready('10.42.0.3', 'n1', terminating)), ['10.42.0.2 . 8080'])
  t.same(used(ready('10.42.0.2', 'n1', { ready: false }), ready('10.42.0.3', 'n1', terminating)), ['10.42.0.3 . 8080'], 'the last resort')
  t.same(used(ready('10.42.0.2', 'n1', { ready: false })), [])
  t.same(ports(clusterIp, ready('10.42.0.2', 'n2'), ready('10.42.0.3', 'n1', terminating))[0]!.localEndpoints, ['10.42.0.3 . 8080'])
  t.same(toServicePorts(service(clusterIp), [slice([ready('10.42.0.2')], [{ name: 'other', port: 1 }])], 'n1')[0]!.endpoints, [], 'ports are matched by name')
  t.same(toServicePorts(service(clusterIp), [slice([ready('10.42.0.2')]), slice([ready('10.42.0.2')])], 'n1')[0]!.endpoints.length, 1, 'twice in two slices')
})

await t.test('which Services are not ours', async t => {
  for (const spec of [{ ...clusterIp, clusterIP: 'None' }, { type: 'ExternalName', externalName: 'x' }, { ports: [{ port: 80 }] }]) t.same(ports(spec), [])
  t.same(toServicePorts(service(clusterIp, { labels: { 'service.kubernetes.io/service-proxy-name': 'other' } }), [], 'n1'), [])
})

await t.test('elements of a cluster IP and a node port', async t => {
  t.same(elementsOf({ ...clusterIp, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }, ready('10.42.0.2'), ready('10.42.0.3', 'n2')), [
    'cluster-ips 10.43.0.5',
    'endpoints-cluster 10.43.0.5 . tcp . 80 . 0:1 : 10.42.0.2 . 8080',
    'endpoints-cluster 10.43.0.5 . tcp . 80 . 0:2 : 10.42.0.3 . 8080',
    'endpoints-node tcp . 30080 . 0:1 : 10.42.0.2 . 8080',
    'endpoints-node tcp . 30080 . 0:2 : 10.42.0.3 . 8080',
    'hairpins 10.42.0.2 . 10.42.0.2',
    'masqueraded-node-ports tcp . 30080',
    'node-ports tcp . 30080 : goto node-2',
    'services 10.43.0.5 . tcp . 80 : goto cluster-2',
  ])
  t.same(elementsOf(clusterIp), ['cluster-ips 10.43.0.5', 'refused 10.43.0.5 . tcp . 80 : goto reject-it'])
  t.same(elementsOf({ ...clusterIp, internalTrafficPolicy: 'Local' }, ready('10.42.0.3', 'n2')), [
    'cluster-ips 10.43.0.5',
    'refused 10.43.0.5 . tcp . 80 : drop',
  ])
})

await t.test('endpoints keep their index, and holes are filled', async t => {
  t.same(assignSlots([], ['a', 'b']), ['a', 'b'])
  t.same(assignSlots(['a', 'b', 'c'], ['b', 'c']), ['c', 'b'])
  t.same(assignSlots(['a', 'b', 'c'], ['x', 'b', 'c']), ['x', 'b', 'c'])
  t.same(assignSlots(['a', 'b', 'c'], ['c']), ['c'])
  t.same(assignSlots(['a', 'b'], []), [])
  // any sequence of changes: the same members, and never more moves than holes
  let slots: string[] = []
  let seed = 7
  const random = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
  for (let round = 0; round < 500; round++) {
    const wanted = [...new Set(Array.from({ length: random(12) }, () => `e${random(15)}`))]
    const next = assignSlots(slots, wanted)
    if ([...next].sort().join() !== [...wanted].sort().join()) t.fail(`round ${round}: ${next.join()} for ${wanted.join()}`)
    const moved = next.filter((e, i) => slots.includes(e) && slots[i] !== e).length
    if (moved > slots.filter(e => !wanted.includes(e)).length) t.fail(`round ${round}: ${moved} moved`)
    slots = next
  }
})

await t.test('a change costs what it changes', async t => {
  const state = createTableState()
  const set = (endpoints: Endpoint[]): ReturnType<typeof state.pending> => {
    state.update(
      'web',
      ports(clusterIp, ...endpoints).flatMap(p => toServiceElements(p, state.previousSlots, () => false)),
    )
    const changes = state.pending()
    state.confirm(changes)
    return changes
  }
  const many = Array.from({ length: 100 }, (_, i) => ready(`10.42.0.${i + 1}`))
  t.equal(set(many).added.length, 102)
  t.same(set(many), { added: [], removed: [] })
  const { added, removed } = set(many.slice(1))
  t.same(
    added.map(e => e.key),
    ['10.43.0.5 . tcp . 80', '10.43.0.5 . tcp . 80 . 0:1'],
  )
  t.equal(removed.length, 3)
})

await t.test('owners share elements; the first of two that disagree keeps it', async t => {
  const state = createTableState()
  const one: Element = { set: 's', key: 'k', value: '1' }
  const apply = (): unknown => {
    const changes = state.pending()
    state.confirm(changes)
    return [changes.removed.map(e => e.value), changes.added.map(e => e.value)]
  }
  state.update('a', [one])
  t.same(apply(), [[], ['1']])
  state.update('b', [{ ...one, value: '2' }])
  t.same(apply(), [[], []])
  state.update('a', [])
  t.same(apply(), [['1'], ['2']])
  state.reset(
    new Map([
      [
        's',
        new Map([
          ['k', '9'],
          ['stale', '0'],
        ]),
      ],
    ]),
  )
  t.same(apply(), [['9', '0'], ['2']], 'what the kernel holds beyond is removed')
  state.update('b', [])
  t.same(apply(), [['2'], []])
})

await t.test('commands make chains before they are used', async t => {
  const from = new Map([['services', new Map([['10.43.0.5 . tcp . 80', 'goto cluster-1']])]])
  const changes = diffStates(from, new Map([['services', new Map([['10.43.0.5 . tcp . 80', 'goto cluster-2']])]]))
  t.same(neededChains(changes, new Set(['cluster-2'])), [])
  t.same(toCommands('w', changes, neededChains(changes, new Set(['cluster-1']))), [
    'add chain inet w cluster-2',
    'add rule inet w cluster-2 meta priority set numgen random mod 2 offset 1',
    'add rule inet w cluster-2 meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th dport . meta priority map @endpoints-cluster',
    'delete element inet w services { 10.43.0.5 . tcp . 80 : goto cluster-1 }',
    'add element inet w services { 10.43.0.5 . tcp . 80 : goto cluster-2 }',
  ])
  t.same(toCommands('w', { added: [], removed: [] }, []), [])
  t.same(parsePoolChainName(toPoolChainName('cluster', 3)), { kind: 'cluster', size: 3 })
  t.same(parsePoolChainName(toPoolChainName('node-local', 12, 60)), { kind: 'node-local', size: 12, affinitySeconds: 60 })
  t.equal(parsePoolChainName('services'), undefined)
})

await t.test('stale UDP flows', async t => {
  const e = (set: string, key: string, value = ''): Element => ({ set, key, value })
  const gone = planStaleFlows({
    removed: [e('endpoints-cluster', '10.43.0.9 . udp . 53 . 0:1', '10.42.0.2 . 53'), e('endpoints-cluster', '10.43.0.9 . tcp . 53 . 0:1', '10.42.0.2 . 53')],
    added: [],
  })
  t.same(gone, [{ address: '10.43.0.9', port: '53', answeredBy: '10.42.0.2' }])
  t.same(toConntrackArguments(gone[0]!).join(' '), '-D -f ipv4 -p udp --orig-port-dst 53 --orig-dst 10.43.0.9 --reply-src 10.42.0.2')
  t.same(
    planStaleFlows({
      removed: [e('endpoints-node', 'udp . 30053 . 0:2', '10.42.0.2 . 53')],
      added: [e('endpoints-node', 'udp . 30053 . 0:1', '10.42.0.2 . 53')],
    }),
    [],
    'only another index',
  )
  t.same(
    planStaleFlows({ removed: [], added: [e('services', '10.43.0.9 . udp . 53', 'goto cluster-1')] }),
    [{ address: '10.43.0.9', port: '53' }],
    'the first endpoint',
  )
  t.same(
    planStaleFlows({ removed: [e('services', '10.43.0.9 . udp . 53', 'goto cluster-2')], added: [e('services', '10.43.0.9 . udp . 53', 'goto cluster-1')] }),
    [],
  )
})

await t.test('host ports', async t => {
  const pod = (status: object, spec: object = {}): Pod =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      status,
      spec: {
        containers: [
          {
            name: 'c',
            ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '192.0.2.1' }, { containerPort: 9 }],
          },
        ],
        ...spec,
      },
    }) as Pod
  t.same(toHostPortElements(pod({ podIP: '10.42.0.2', phase: 'Running' })), [
    { set: 'host-ports', key: 'tcp . 8080', value: '10.42.0.2 . 80' },
    { set: 'host-ports-at', key: '192.0.2.1 . udp . 53', value: '10.42.0.2 . 53' },
    { set: 'hairpins', key: '10.42.0.2 . 10.42.0.2', value: '' },
  ])
  for (const none of [pod({}), pod({ podIP: '10.42.0.2', phase: 'Succeeded' }), pod({ podIP: '192.0.2.1' }, { hostNetwork: true })])
    t.same(toHostPortElements(none), [])
})

await t.test('routes', async t => {
  const node = (name: string, podCIDR: string, address?: string): any => ({
    metadata: { name },
    spec: { podCIDR },
    status: { addresses: address ? [{ type: 'InternalIP', address }] : [] },
  })
  const wanted = planRoutes([node('a', '10.42.0.0/24', '192.0.2.1'), node('b', '10.42.1.0/24', '192.0.2.2'), node('c', '10.42.2.0/24')], 'a', '10.43.0.0/16')
  t.same(
    [...wanted],
    [
      ['10.43.0.0/16', 'dev lo src 192.0.2.1'],
      ['10.42.1.0/24', 'via 192.0.2.2'],
    ],
  )
  const present = parseRoutes(
    '[{"dst":"10.42.1.0/24","gateway":"192.0.2.9","dev":"eth0"},{"dst":"10.42.7.0/24","gateway":"192.0.2.7","dev":"eth0"},{"dst":"10.43.0.0/16","dev":"lo","scope":"link","prefsrc":"192.0.2.1"}]',
  )
  t.same(diffRoutes(present, wanted), { set: [['10.42.1.0/24', 'via 192.0.2.2']], remove: ['10.42.7.0/24'] })
  t.same(parseRoutes('').size, 0)
})
