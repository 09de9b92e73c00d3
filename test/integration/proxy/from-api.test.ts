import { mkdtemp, rm } from 'node:fs/promises'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createShell } from '../../../base/shell.ts'
import type { Service as Running } from '../../../base/service.ts'
import { completeNetworkConfig } from '../../../cni/config.ts'
import { toConflist } from '../../../cni/conflist.ts'
import { prepareHost } from '../../../cni/host.ts'
import { findPluginDir } from '../../../cni/plugins.ts'
import { createProxy } from '../../../proxy/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { connectNetns, createNetns, runCni } from '../../harness/netns.ts'
import type { Netns } from '../../harness/netns.ts'
import { startServer } from '../apiserver/start-server.ts'

// The whole proxy on a real API server: objects written over HTTPS, packets sent through the kernel.
const tag = `wpra${process.pid}`
const dir = await mkdtemp('/tmp/wherry-proxy-')
const shell = createShell()
const api = await startServer({})
const made: Netns[] = []
const netns = async (name: string): Promise<Netns> => {
  const one = await createNetns(shell, `${tag}${name}`)
  made.push(one)
  return one
}
const host = await netns('h')
const pods = [await netns('a'), await netns('b')] as const
const outside = await netns('o')
await connectNetns(host, outside, ['ext0', 'eth0'], '192.168.79.1/24', '192.168.79.2/24')
const network = completeNetworkConfig({ confDir: dir, dataDir: `${dir}/ipam`, podCidr: '10.42.3.0/24', clusterCidr: '10.42.0.0/16' })
await prepareHost(host.shell, network)
const conflist = toConflist(network) as Parameters<typeof runCni>[2]
const ips: string[] = []
for (const [i, pod] of pods.entries()) {
  ips.push(await runCni(host, 'ADD', conflist, await findPluginDir(network.binDirs), `pod${i}`, pod.path))
  await pod.serve(`pod${i}`, 8080)
}
const start = async (): Promise<Running> => {
  const proxy = createProxy(
    { nodeName: 'n1', clusterCidr: '10.42.0.0/16', serviceCidr: '10.43.0.0/16', commandPrefix: ['nsenter', `--net=${host.path}`] },
    {
      log: createLogger('error'),
      transport: api.server.inProcess({ name: 'system:kube-proxy', groups: ['system:masters'] } as never),
      shell,
      clock: systemClock,
    },
  )
  await proxy.start(AbortSignal.timeout(10_000))
  return proxy
}
const proxy = { current: await start() }
t.teardown(async () => {
  await proxy.current.stop()
  await api.close()
  for (const one of made.reverse()) await one.remove()
  await shell.close()
  await rm(dir, { recursive: true, force: true })
})

const core = '/api/v1/namespaces/default'
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
const send = async (method: string, path: string, body?: unknown, type?: string): Promise<any> => {
  const answer = await api.call(method, path, body, type ? { 'content-type': type } : undefined)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}
const merge = 'application/merge-patch+json'
const endpoints = (...addresses: string[]): object[] => addresses.map(address => ({ addresses: [address], conditions: { ready: true }, nodeName: 'n1' }))

const addNode = async (name: string, podCIDR: string, address: string): Promise<void> => {
  await send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDR, podCIDRs: [podCIDR] } })
  await send('PATCH', `/api/v1/nodes/${name}/status`, { status: { addresses: [{ type: 'InternalIP', address }] } }, merge)
}
await addNode('n1', '10.42.3.0/24', '192.168.79.1')

await t.test('a Service works when its slice is there, follows its changes and is refused when it is empty', async t => {
  const service = await send('POST', `${core}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] },
  })
  const target = { host: service.spec.clusterIP as string, port: 80 }
  await eventually(async () => (await pods[1].ask(target)).error === 'ECONNREFUSED')
  await send('POST', slices, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: endpoints(ips[0]!),
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  })
  await eventually(async () => (await pods[1].ask(target)).name === 'pod0')
  t.equal((await outside.ask({ host: '192.168.79.1', port: service.spec.ports[0].nodePort })).name, 'pod0')
  await send('PATCH', `${slices}/web-1`, { endpoints: endpoints(ips[1]!) }, merge)
  await eventually(async () => (await pods[0].ask(target)).name === 'pod1')
  await send('PATCH', `${slices}/web-1`, { endpoints: [] }, merge)
  await eventually(async () => (await pods[0].ask(target)).error === 'ECONNREFUSED')
  await send('PATCH', `${slices}/web-1`, { endpoints: endpoints(ips[0]!, ips[1]!) }, merge)
  await eventually(async () => (await pods[0].ask(target)).name !== undefined)
})

await t.test('what changed while the proxy was away is made up for; connections live on', async t => {
  const service = await send('GET', `${core}/services/web`)
  const target = { host: service.spec.clusterIP as string, port: 80 }
  await pods[1].open(1, target)
  await proxy.current.stop()
  t.ok((await pods[0].ask(target)).name, 'Services work without the proxy')
  const gone = await send('POST', `${core}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'new' },
    spec: { ports: [{ port: 81, targetPort: 8080 }] },
  })
  await send('PATCH', `${slices}/web-1`, { endpoints: endpoints(ips[0]!) }, merge)
  proxy.current = await start()
  t.equal((await pods[0].ask({ host: gone.spec.clusterIP, port: 81 })).error, 'ECONNREFUSED')
  for (let i = 0; i < 8; i++) t.equal((await pods[1].ask(target)).name, 'pod0')
  t.ok((await pods[1].talk(1)).name)
})

await t.test('host ports of the pods of this node', async t => {
  await send('POST', `${core}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hp' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 8080, hostPort: 18080 }] }] },
  })
  await send('PATCH', `${core}/pods/hp/status`, { status: { phase: 'Running', podIP: ips[1], podIPs: [{ ip: ips[1] }] } }, merge)
  await eventually(async () => (await outside.ask({ host: '192.168.79.1', port: 18_080 })).name === 'pod1')
  t.equal((await outside.ask({ host: '192.168.79.1', port: 18_080 })).from, '192.168.79.2', 'the client is seen as it is')
  t.equal((await pods[1].ask({ host: '192.168.79.1', port: 18_080 })).name, 'pod1', 'the pod itself, too')
  await send('DELETE', `${core}/pods/hp`, { gracePeriodSeconds: 0 })
  await eventually(async () => (await outside.ask({ host: '192.168.79.1', port: 18_080 })).error === 'ECONNREFUSED')
})

await t.test('routes to the pods of other nodes come and go with the nodes', async t => {
  await addNode('n2', '10.42.4.0/24', '192.168.79.2')
  await eventually(async () => /10\.42\.4\.0\/24 via 192\.168\.79\.2/.test(await host.must('ip', 'route', 'show', 'proto', '219')))
  await eventually(async () => /10\.43\.0\.0\/16 dev lo .*src 192\.168\.79\.1/.test(await host.must('ip', 'route', 'show', 'proto', '219')))
  const service = await send('GET', `${core}/services/web`)
  t.equal((await host.ask({ host: service.spec.clusterIP, port: 80 })).name, 'pod0', 'the host reaches Services without a default route')
  await send('DELETE', '/api/v1/nodes/n2')
  await eventually(async () => !/10\.42\.4\.0/.test(await host.must('ip', 'route', 'show', 'proto', '219')))
})

await t.test('a flushed ruleset is noticed and restored', async () => {
  const service = await send('GET', `${core}/services/web`)
  await host.must('nft', 'flush', 'ruleset')
  await eventually(async () => (await pods[1].ask({ host: service.spec.clusterIP, port: 80, timeoutMs: 200 })).name === 'pod0')
})
