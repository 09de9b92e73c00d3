import t from 'tap'
import type { Pod, Service } from '../../../api/types/core-v1.ts'
import type { EndpointSlice } from '../../../api/types/discovery-v1.ts'
import { computeEndpointGroups } from '../../../controllers/endpoint-slice/compute-endpoints.ts'
import { planSlices } from '../../../controllers/endpoint-slice/plan-slices.ts'

const service = (spec: Partial<Service['spec']> = {}, metadata: object = {}): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'ns', uid: 'svc', ...metadata },
    spec: {
      clusterIP: '10.43.0.5',
      ipFamilies: ['IPv4'],
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      ...spec,
    },
  }) as Service
const pod = (n: number, options: { ready?: boolean; going?: boolean; phase?: string; port?: number; spec?: object; ips?: string[] } = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${n}`, namespace: 'ns', uid: `u${n}`, ...(options.going && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: options.port ?? 8080 }] }], ...options.spec },
    status: {
      phase: options.phase ?? 'Running',
      podIPs: (options.ips ?? [`10.42.0.${n}`]).map(ip => ({ ip })),
      conditions: [{ type: 'Ready', status: options.ready === false ? 'False' : 'True' }],
    },
  }) as Pod
const groupsOf = (s: Service, pods: Pod[]): ReturnType<typeof computeEndpointGroups> =>
  computeEndpointGroups(s, pods, node => (node === 'n1' ? 'zone-a' : undefined))
const only = (s: Service, pods: Pod[]): any => [...groupsOf(s, pods).values()][0]
const names = Array.from({ length: 1000 }, (_, i) => `web-${i}`)
const store = (slices: readonly EndpointSlice[]): EndpointSlice[] =>
  slices.map(s => ({ ...s, metadata: { ...s.metadata, name: s.metadata.name ?? names.shift()!, uid: `s${names.length}` } }))
const apply = (s: Service, pods: Pod[], existing: EndpointSlice[]): { plan: ReturnType<typeof planSlices>; after: EndpointSlice[] } => {
  const plan = planSlices(s, groupsOf(s, pods), existing)
  const gone = new Set([...plan.remove, ...plan.update].map(x => x.metadata.name))
  return { plan, after: [...existing.filter(x => !gone.has(x.metadata.name)), ...plan.update, ...store(plan.create)] }
}
const counts = (plan: ReturnType<typeof planSlices>): number[] => [plan.create.length, plan.update.length, plan.remove.length]

await t.test('conditions', async t => {
  for (const [options, publish, expected] of [
    [{}, false, [true, true, false]],
    [{ ready: false }, false, [false, false, false]],
    [{ going: true }, false, [false, true, true]],
    [{ ready: false }, true, [true, false, false]],
    [{ going: true, ready: false }, true, [true, false, true]],
  ] as const) {
    const { ready, serving, terminating } = only(service({ publishNotReadyAddresses: publish }), [pod(1, options)]).endpoints[0].conditions
    t.same([ready, serving, terminating], expected, JSON.stringify([options, publish]))
  }
  t.same(only(service(), [pod(1, { phase: 'Succeeded' }), pod(2, { ips: [] })]).endpoints, [], 'finished pods and pods without an address are none')
})

await t.test('an endpoint says where it is', async t => {
  t.match(only(service(), [pod(1)]).endpoints[0], {
    addresses: ['10.42.0.1'],
    nodeName: 'n1',
    zone: 'zone-a',
    targetRef: { kind: 'Pod', name: 'p1', namespace: 'ns', uid: 'u1' },
  })
  t.equal(only(service(), [pod(1, { spec: { hostname: 'h', subdomain: 'web' } })]).endpoints[0].hostname, 'h')
  t.equal(only(service(), [pod(1, { spec: { hostname: 'h', subdomain: 'other' } })]).endpoints[0].hostname, undefined)
})

await t.test('named ports resolve per pod; pods that differ come in groups', async t => {
  const groups = [...groupsOf(service(), [pod(1), pod(2, { port: 9090 }), pod(3)]).values()]
  t.same(
    groups.map(g => [g.ports[0]?.port, g.endpoints.length]),
    [
      [8080, 2],
      [9090, 1],
    ],
  )
  t.same(only(service({ ports: [{ port: 80, targetPort: 'none' }] }), [pod(1)]).ports, [], 'a name nobody declares')
  t.match(only(service({ ports: [{ port: 80, appProtocol: 'h2c' }] }), [pod(1)]).ports, [{ name: '', port: 80, protocol: 'TCP', appProtocol: 'h2c' }])
  t.same(only(service({ ports: [], clusterIP: 'None' }), [pod(1)]).endpoints.length, 1, 'headless without ports')
})

await t.test('both families', async t => {
  const groups = [...groupsOf(service({ ipFamilies: ['IPv4', 'IPv6'] }), [pod(1, { ips: ['10.42.0.1', 'fd00::1'] }), pod(2)]).values()]
  t.same(
    groups.map(g => [g.addressType, g.endpoints.map(e => e.addresses[0])]),
    [
      ['IPv4', ['10.42.0.1', '10.42.0.2']],
      ['IPv6', ['fd00::1']],
    ],
  )
})

await t.test('only what changed is written', async t => {
  const s = service({}, { labels: { team: 'a' } })
  const first = apply(s, [], [])
  t.same(counts(first.plan), [1, 0, 0], 'an empty slice says that there is none')
  t.match(first.after[0], {
    addressType: 'IPv4',
    endpoints: [],
    metadata: {
      generateName: 'web-',
      ownerReferences: [{ kind: 'Service', name: 'web', uid: 'svc', controller: true, blockOwnerDeletion: true }],
      labels: { team: 'a', 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    },
  })
  t.same(counts(apply(s, [], first.after).plan), [0, 0, 0])
  const second = apply(s, [pod(1), pod(2)], first.after)
  t.same(counts(second.plan), [0, 1, 0], 'the empty slice is taken over')
  t.same(counts(apply(s, [pod(1), pod(2)], second.after).plan), [0, 0, 0])
  const third = apply(s, [pod(1), pod(2, { ready: false })], second.after)
  t.same(counts(third.plan), [0, 1, 0])
  const moved = apply(s, [pod(1, { port: 9090 }), pod(2, { port: 9090 })], third.after)
  t.same(counts(moved.plan), [0, 1, 0], 'all ports changed: the slice is rewritten')
  t.equal(moved.after[0]?.ports?.[0]?.port, 9090)
  const none = apply(s, [], moved.after)
  t.same(counts(none.plan), [0, 1, 0])
  t.same(none.after[0]?.endpoints, [])
  t.same(counts(apply(service({}, { labels: { team: 'b' } }), [], none.after).plan), [0, 1, 0], 'labels follow the Service')
})

await t.test('a hundred per slice; one change touches one slice', async t => {
  const s = service()
  const pods = Array.from({ length: 250 }, (_, i) => pod(i, { ips: [`10.42.${i >> 8}.${i & 255}`] }))
  const first = apply(s, pods, [])
  t.same(
    first.after.map(x => x.endpoints?.length),
    [100, 100, 50],
  )
  const changed = apply(
    s,
    pods.map((p, i) => (i === 150 ? pod(150, { ready: false }) : p)),
    first.after,
  )
  t.same(counts(changed.plan), [0, 1, 0])
  const replaced = apply(s, [...pods.slice(0, 120), ...pods.slice(121), pod(900, { ips: ['10.42.9.9'] })], first.after)
  t.same(counts(replaced.plan), [0, 1, 0], 'the gap is filled where it is')
  const fewer = apply(s, pods.slice(0, 100), first.after)
  t.same(counts(fewer.plan), [0, 0, 2], 'emptied slices go')
})
