import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createShell } from '../../../base/shell.ts'
import type { Service, ServiceSpec } from '../../../api/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../../api/types/discovery-v1.ts'
import { createApplier } from '../../../proxy/applier.ts'
import type { Applier } from '../../../proxy/applier.ts'
import { createNft } from '../../../proxy/nft.ts'
import { toServiceElements } from '../../../proxy/rules/elements.ts'
import { toServicePorts } from '../../../proxy/rules/model.ts'
import { createTableState } from '../../../proxy/rules/table-state.ts'
import { prepareHost } from '../../../cni/host.ts'
import { toConflist } from '../../../cni/conflist.ts'
import { completeNetworkConfig } from '../../../cni/config.ts'
import { findPluginDir } from '../../../cni/plugins.ts'
import { connectNetns, createNetns, runCni } from '../../harness/netns.ts'
import type { Netns, Target } from '../../harness/netns.ts'
import { mkdtemp, rm } from 'node:fs/promises'

// The rules in a real kernel: a node's namespace, three pods behind its bridge made by the real plugins, and a client outside.
const tag = `wprx${process.pid}`
const dir = await mkdtemp('/tmp/wherry-proxy-')
const shell = createShell()
const network = completeNetworkConfig({ confDir: dir, dataDir: `${dir}/ipam`, podCidr: '10.142.3.0/24', clusterCidr: '10.142.0.0/16', bridgeName: 'wtest0' })
const table = { tableName: 'wherry', clusterCidr: '10.142.0.0/16', serviceCidr: '10.143.0.0/16', bridgeName: 'wtest0', masqueradeMark: 0x4000 }
const nodeIp = '192.168.78.1'
const made: Netns[] = []
const netns = async (name: string): Promise<Netns> => {
  const one = await createNetns(shell, `${tag}${name}`)
  made.push(one)
  return one
}
const host = await netns('h')
const pods = [await netns('a'), await netns('b'), await netns('c')]
const outside = await netns('o')
await connectNetns(host, outside, ['ext0', 'eth0'], `${nodeIp}/24`, '192.168.78.2/24')
await host.must('ip', 'route', 'add', 'default', 'via', '192.168.78.2')
await prepareHost(host.shell, network)
const binDir = await findPluginDir(network.binDirs)
const conflist = toConflist(network) as Parameters<typeof runCni>[2]
const ips: string[] = []
for (const [i, pod] of pods.entries()) {
  ips.push(await runCni(host, 'ADD', conflist, binDir, `pod${i}`, pod.path))
  await pod.serve(`pod${i}`, 8080)
  await pod.serve(`pod${i}`, 8053, { protocol: 'udp' })
}
await outside.serve('outside', 7070)

const services = new Map<string, { service: Service; slices: EndpointSlice[] }>()
const make = (name: string, spec: Partial<ServiceSpec>, endpoints: Endpoint[], port = 8080, protocol = 'TCP'): void => {
  services.set(name, {
    service: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: spec as ServiceSpec } as Service,
    slices: [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-1`, namespace: 'default' },
        addressType: 'IPv4',
        endpoints,
        ports: [{ name: '', port, protocol }],
      },
    ],
  })
  proxy.current.applier.mark(name)
}
const at = (i: number, conditions: Endpoint['conditions'] = { ready: true }, nodeName = 'n1'): Endpoint => ({ addresses: [ips[i]!], conditions, nodeName })

const start = (): { applier: Applier; stop: () => Promise<void> } => {
  const nft = createNft({ command: ['nsenter', `--net=${host.path}`, 'nft'], shell, clock: systemClock, log: createLogger('silent') })
  const state = createTableState()
  const one = createApplier({
    nft,
    shell,
    conntrack: ['nsenter', `--net=${host.path}`, 'conntrack'],
    table,
    state,
    clock: systemClock,
    log: createLogger(process.env['WHERRY_TEST_LOG'] === undefined ? 'error' : 'debug'),
    compile: name => {
      const found = services.get(name)
      return found
        ? toServicePorts(found.service, found.slices, 'n1').flatMap(p => toServiceElements(p, state.previousSlots, a => a.startsWith('10.142.')))
        : []
    },
  })
  return {
    applier: one,
    stop: async () => {
      await one.stop()
      await nft.close()
    },
  }
}
const proxy = { current: start() }
t.teardown(async () => {
  await proxy.current.stop()
  for (const one of made.reverse()) await one.remove()
  await shell.close()
  await rm(dir, { recursive: true, force: true })
})

const many = async (from: Netns, target: Target, count = 12): Promise<Record<string, number>> => {
  const seen: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const { name, error } = await from.ask(target)
    const key = name ?? error ?? ''
    seen[key] = (seen[key] ?? 0) + 1
  }
  return seen
}
const clients = (): [string, Netns][] => [
  ['another pod', pods[2]!],
  ['the host', host],
]

for (const value of (await host.shell.run(['cat', '/proc/sys/net/bridge/bridge-nf-call-iptables'])).code === 0 ? ['1', '0'] : ['absent'])
  await t.test(`a cluster IP, bridge-nf-call-iptables ${value}`, async t => {
    if (value !== 'absent') await host.must('sh', '-c', `echo ${value} > /proc/sys/net/bridge/bridge-nf-call-iptables`)
    make('web', { clusterIP: '10.143.0.20', ports: [{ port: 80 }] }, [at(0), at(1)])
    await proxy.current.applier.settled()
    for (const [who, client] of clients())
      t.same(Object.keys(await many(client, { host: '10.143.0.20', port: 80 })).sort(), ['pod0', 'pod1'], `${who} reaches both endpoints`)
    t.equal((await pods[2]!.ask({ host: '10.143.0.20', port: 80 })).from, ips[2], 'a pod is seen with its own address')
    make('self', { clusterIP: '10.143.0.21', ports: [{ port: 80 }] }, [at(0)])
    await proxy.current.applier.settled()
    t.match(await pods[0]!.ask({ host: '10.143.0.21', port: 80 }), { name: 'pod0', from: '10.142.3.1' }, 'a pod reaches itself')
    t.equal((await pods[0]!.ask({ host: '192.168.78.2', port: 7070 })).from, nodeIp, 'what leaves the cluster comes from the node')
    t.equal((await outside.ask({ host: '10.143.0.20', port: 80 })).from, '10.142.3.1', 'a machine that routes the address here is masqueraded')
  })

await t.test('without endpoints connections are refused at once; unknown addresses are dropped', async t => {
  make('empty', { clusterIP: '10.143.0.22', ports: [{ port: 80, nodePort: 30022 }], type: 'NodePort' }, [])
  await proxy.current.applier.settled()
  for (const [who, client] of [...clients(), ['itself', pods[0]!] as const]) {
    t.equal((await client.ask({ host: '10.143.0.22', port: 80 })).error, 'ECONNREFUSED', who)
    t.equal((await client.ask({ host: '10.143.0.20', port: 81 })).error, 'ECONNREFUSED', `${who}, another port`)
  }
  t.equal((await outside.ask({ host: nodeIp, port: 30022 })).error, 'ECONNREFUSED')
  t.equal((await pods[0]!.ask({ host: '10.143.0.99', port: 80, timeoutMs: 300 })).error, 'ETIMEDOUT')
  make('empty', { clusterIP: '10.143.0.22', ports: [{ port: 80, nodePort: 30022 }], type: 'NodePort' }, [at(1)])
  await proxy.current.applier.settled()
  t.equal((await pods[0]!.ask({ host: '10.143.0.22', port: 80 })).name, 'pod1')
  t.equal((await outside.ask({ host: nodeIp, port: 30022 })).name, 'pod1')
})

await t.test('node ports and external addresses', async t => {
  make('np', { clusterIP: '10.143.0.23', type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }], externalIPs: ['192.168.78.200'] }, [at(0), at(1)])
  await proxy.current.applier.settled()
  t.same(Object.keys(await many(outside, { host: nodeIp, port: 30080 })).sort(), ['pod0', 'pod1'])
  t.equal((await outside.ask({ host: nodeIp, port: 30080 })).from, '10.142.3.1', 'masqueraded')
  for (const [who, client] of clients()) t.same(Object.keys(await many(client, { host: nodeIp, port: 30080 })).sort(), ['pod0', 'pod1'], who)
  t.match(await host.ask({ host: '127.0.0.1', port: 30080 }), { error: 'ECONNREFUSED' }, 'not on the loopback address')
  await outside.must('ip', 'route', 'replace', '192.168.78.200/32', 'via', nodeIp)
  t.same(Object.keys(await many(outside, { host: '192.168.78.200', port: 80 })).sort(), ['pod0', 'pod1'])
})

await t.test('externalTrafficPolicy Local keeps the client address and uses this node only', async t => {
  const spec = { clusterIP: '10.143.0.24', type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30081 }] }
  make('etp', spec, [at(0), at(1, { ready: true }, 'elsewhere')])
  await proxy.current.applier.settled()
  t.same(await many(outside, { host: nodeIp, port: 30081 }), { pod0: 12 })
  t.equal((await outside.ask({ host: nodeIp, port: 30081 })).from, '192.168.78.2')
  for (const [who, client] of clients()) t.same(Object.keys(await many(client, { host: nodeIp, port: 30081 })).sort(), ['pod0', 'pod1'], `${who} uses all`)
  t.same(Object.keys(await many(pods[2]!, { host: '10.143.0.24', port: 80 })).sort(), ['pod0', 'pod1'])
  make('etp', spec, [at(1, { ready: true }, 'elsewhere')])
  await proxy.current.applier.settled()
  t.equal((await outside.ask({ host: nodeIp, port: 30081, timeoutMs: 300 })).error, 'ETIMEDOUT', 'dropped without a local endpoint')
})

await t.test('internalTrafficPolicy Local', async t => {
  make('itp', { clusterIP: '10.143.0.25', internalTrafficPolicy: 'Local', ports: [{ port: 80 }] }, [at(0), at(1, { ready: true }, 'elsewhere')])
  await proxy.current.applier.settled()
  t.same(await many(pods[2]!, { host: '10.143.0.25', port: 80 }), { pod0: 12 })
  make('itp', { clusterIP: '10.143.0.25', internalTrafficPolicy: 'Local', ports: [{ port: 80 }] }, [at(1, { ready: true }, 'elsewhere')])
  await proxy.current.applier.settled()
  t.equal((await pods[2]!.ask({ host: '10.143.0.25', port: 80, timeoutMs: 300 })).error, 'ETIMEDOUT')
})

await t.test('a client with affinity stays with its endpoint until that is gone', async t => {
  const spec = {
    clusterIP: '10.143.0.26',
    type: 'NodePort',
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    ports: [{ port: 80, nodePort: 30082 }],
  }
  make('sticky', spec, [at(0), at(1), at(2)])
  await proxy.current.applier.settled()
  for (const [client, target] of [
    [host, { host: '10.143.0.26', port: 80 }],
    [outside, { host: nodeIp, port: 30082 }],
  ] as const) {
    make('sticky', spec, [at(0), at(1), at(2)])
    await proxy.current.applier.settled()
    const first = Object.keys(await many(client, target))
    t.equal(first.length, 1, `all to ${first.join()}`)
    const stays = Number(first[0]!.slice(3))
    make(
      'sticky',
      spec,
      [stays, (stays + 1) % 3].map(i => at(i)),
    )
    await proxy.current.applier.settled()
    t.same(Object.keys(await many(client, target)), first, 'another endpoint may go')
    make(
      'sticky',
      spec,
      [0, 1, 2].filter(i => i !== stays).map(i => at(i)),
    )
    await proxy.current.applier.settled()
    const second = Object.keys(await many(client, target))
    t.equal(second.length, 1)
    t.not(second[0], first[0])
    make('sticky', spec, [at(0), at(1), at(2)])
    await proxy.current.applier.settled()
    t.same(Object.keys(await many(client, target)), second, 'and does not go back')
  }
})

await t.test('a terminating endpoint gets no new connection, keeps its old ones, and is the last resort', async t => {
  make('roll', { clusterIP: '10.143.0.27', ports: [{ port: 80 }] }, [at(0)])
  await proxy.current.applier.settled()
  t.equal((await pods[2]!.open(1, { host: '10.143.0.27', port: 80 })).name, 'pod0')
  make('roll', { clusterIP: '10.143.0.27', ports: [{ port: 80 }] }, [at(0, { ready: false, serving: true, terminating: true }), at(1)])
  await proxy.current.applier.settled()
  t.same(await many(pods[2]!, { host: '10.143.0.27', port: 80 }), { pod1: 12 })
  t.equal((await pods[2]!.talk(1)).name, 'pod0')
  make('roll', { clusterIP: '10.143.0.27', ports: [{ port: 80 }] }, [at(0, { ready: false, serving: true, terminating: true })])
  await proxy.current.applier.settled()
  t.same(await many(pods[2]!, { host: '10.143.0.27', port: 80 }), { pod0: 12 })
})

await t.test('a UDP client with a constant port follows the endpoints', async t => {
  const target = { protocol: 'udp', host: '10.143.0.28', port: 53, localPort: 40_053, timeoutMs: 400 } as const
  const spec = { clusterIP: '10.143.0.28', type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort: 30053 }] }
  make('dns', spec, [at(0)], 8053, 'UDP')
  await proxy.current.applier.settled()
  t.equal((await pods[2]!.ask(target)).name, 'pod0')
  t.equal((await outside.ask({ ...target, host: nodeIp, port: 30053 })).name, 'pod0')
  make('dns', spec, [at(1)], 8053, 'UDP')
  await proxy.current.applier.settled()
  t.equal((await pods[2]!.ask(target)).name, 'pod1')
  t.equal((await outside.ask({ ...target, host: nodeIp, port: 30053 })).name, 'pod1')
  make('dns', spec, [], 8053, 'UDP')
  await proxy.current.applier.settled()
  t.ok((await pods[2]!.ask(target)).error)
  make('dns', spec, [at(0)], 8053, 'UDP')
  await proxy.current.applier.settled()
  t.equal((await pods[2]!.ask(target)).name, 'pod0')
})

await t.test('only the admitted may use a load balancer address', async t => {
  const spec = { clusterIP: '10.143.0.29', type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerSourceRanges: ['192.168.99.0/24', '192.168.78.3/32'] }
  make('lb', spec, [at(0)])
  const lb = services.get('lb')!
  lb.service.status = { loadBalancer: { ingress: [{ ip: '192.168.78.200' }] } }
  lb.service.spec.ports = [{ port: 88 }]
  proxy.current.applier.mark('lb')
  await proxy.current.applier.settled()
  t.equal((await outside.ask({ host: '192.168.78.200', port: 88, timeoutMs: 300 })).error, 'ETIMEDOUT')
  lb.service.spec.loadBalancerSourceRanges = ['192.168.78.0/24']
  proxy.current.applier.mark('lb')
  await proxy.current.applier.settled()
  t.equal((await outside.ask({ host: '192.168.78.200', port: 88 })).name, 'pod0')
})

await t.test('a restart finds its table, changes nothing that is right, and drops no connection', async t => {
  await host.must('nft', 'add table inet foreign; add chain inet foreign c')
  t.equal((await pods[2]!.open(2, { host: '10.143.0.20', port: 80 })).error, undefined)
  const before = await host.must('nft', '-a', 'list', 'table', 'inet', 'wherry')
  await proxy.current.stop()
  proxy.current = start()
  for (const name of services.keys()) proxy.current.applier.mark(name)
  await proxy.current.applier.settled()
  // handles are given once: rules and sets made anew would have others (pool chains that nothing refers to may go)
  const made = (text: string): string[] =>
    text
      .split('\n')
      .filter(line => line.includes('# handle'))
      .map(line => line.trim())
  const known = new Set(made(before))
  t.same(
    made(await host.must('nft', '-a', 'list', 'table', 'inet', 'wherry')).filter(line => !known.has(line)),
    [],
    'nothing was made anew',
  )
  t.notOk((await pods[2]!.talk(2)).error)
  services.delete('web')
  proxy.current.applier.mark('web')
  await proxy.current.applier.settled()
  t.notMatch(await host.must('nft', 'list', 'table', 'inet', 'wherry'), /10\.143\.0\.20 /)
  t.match(await host.must('nft', 'list', 'tables'), /foreign/)
})

await t.test('a table that somebody flushed comes back', async t => {
  await host.must('nft', 'flush', 'ruleset')
  proxy.current.applier.distrust()
  await proxy.current.applier.settled()
  t.same(Object.keys(await many(pods[2]!, { host: '10.143.0.23', port: 80 })).sort(), ['pod0', 'pod1'])
})

await t.test('when all Services are gone no element is left', async t => {
  const names = [...services.keys()]
  services.clear()
  for (const name of names) proxy.current.applier.mark(name)
  await proxy.current.applier.settled()
  const listed = JSON.parse(await host.must('nft', '-j', 'list', 'table', 'inet', 'wherry')).nftables as any[]
  t.same(
    listed.flatMap(item => (item.map ?? item.set)?.elem ?? []).filter((e: unknown) => JSON.stringify(e).includes('10.14')),
    [],
  )
})
