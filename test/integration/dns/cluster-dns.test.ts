import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import t from 'tap'
import { createShell } from '../../../base/shell.ts'
import { completeNetworkConfig } from '../../../cni/config.ts'
import { toConflist } from '../../../cni/conflist.ts'
import { prepareHost } from '../../../cni/host.ts'
import { findPluginDir } from '../../../cni/plugins.ts'
import { removeNetwork } from '../../../cni/remove.ts'
import { eventually } from '../../harness/eventually.ts'
import { createNetns, runCni } from '../../harness/netns.ts'
import type { Netns } from '../../harness/netns.ts'

// Cluster DNS as on a node, asked from a pod behind the real bridge by a resolver that is not ours.
const dir = await mkdtemp('/tmp/wherry-dns-')
const shell = createShell()
const made: Netns[] = []
const netns = async (name: string): Promise<Netns> => {
  const one = await createNetns(shell, `wdns${process.pid}${name}`)
  made.push(one)
  return one
}
const host = await netns('h')
const pod = await netns('p')
const network = completeNetworkConfig({ confDir: dir, dataDir: `${dir}/ipam`, podCidr: '10.42.3.0/24', clusterCidr: '10.42.0.0/16' })
await prepareHost(host.shell, network)
const conflist = toConflist(network) as Parameters<typeof runCni>[2]
await runCni(host, 'ADD', conflist, await findPluginDir(network.binDirs), 'pod', pod.path)
await writeFile(`${dir}/resolv.conf`, 'nameserver 10.43.0.10\n')

const node = spawn(
  'nsenter',
  [`--net=${host.path}`, process.execPath, '--no-warnings', new URL('../../fixtures/dns-node.ts', import.meta.url).pathname, `${dir}/resolv.conf`],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
const lines = createInterface({ input: node.stdout })[Symbol.asyncIterator]()
const send = async (method: string, path: string, body?: unknown, type?: string): Promise<any> => {
  node.stdin.write(`${JSON.stringify({ method, path, body, type })}\n`)
  const answer = JSON.parse((await lines.next()).value as string)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  return answer.body
}
t.teardown(async () => {
  const ended = new Promise(resolve => node.once('exit', resolve))
  node.stdin.end()
  await ended
  for (const one of made.reverse()) await one.remove()
  await shell.close()
  await rm(dir, { recursive: true, force: true })
})
t.match(await lines.next(), { value: '{"ready":true}' })
const core = '/api/v1/namespaces/default'
const ask = (name: string, type = 'A'): Promise<{ records?: any[]; error?: string }> => pod.resolve(name, type, '10.43.0.10')

await t.test('a Service has its name as soon as it exists, and loses it with it', async t => {
  await send('POST', `/api/v1/namespaces/kube-system/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns' },
    spec: {
      clusterIP: '10.43.0.10',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53 },
      ],
    },
  })
  const service = await send('POST', `${core}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  })
  await eventually(async () => (await ask('web.default.svc.cluster.local')).records?.[0] === service.spec.clusterIP)
  t.same(await ask('kube-dns.kube-system.svc.cluster.local'), { records: ['10.43.0.10'] }, 'the proxy leaves the address of DNS alone')
  t.match((await ask('_http._tcp.web.default.svc.cluster.local', 'SRV')).records, [
    { priority: 0, weight: 100, port: 80, name: 'web.default.svc.cluster.local' },
  ])
  t.same(await ask('web.default.svc.cluster.local', 'AAAA'), { error: 'ENODATA' })
  t.same(await ask('nope.default.svc.cluster.local'), { error: 'ENOTFOUND' })
  t.same(await ask(`${String(service.spec.clusterIP).split('.').reverse().join('.')}.in-addr.arpa`, 'PTR'), { records: ['web.default.svc.cluster.local'] })
  await send('DELETE', `${core}/services/web`)
  await eventually(async () => (await ask('web.default.svc.cluster.local')).error === 'ENOTFOUND')
})

await t.test('a headless Service with more endpoints than a datagram holds is answered over TCP', async t => {
  await send('POST', `${core}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'many' },
    spec: { clusterIP: 'None', ports: [{ name: 'p', port: 80 }] },
  })
  const addresses = Array.from({ length: 200 }, (_, i) => `10.42.9.${i + 1}`)
  await send('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'many-1', labels: { 'kubernetes.io/service-name': 'many' } },
    addressType: 'IPv4',
    endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'p', port: 80, protocol: 'TCP' }],
  })
  await eventually(async () => (await ask('many.default.svc.cluster.local')).records?.length === 200)
  t.same((await ask('many.default.svc.cluster.local')).records?.sort(), addresses.sort())
})

await t.test('resolv.conf names only this server: names outside fail at once instead of going round', async t => {
  const began = performance.now()
  t.same(await ask('example.com'), { error: 'ESERVFAIL' })
  t.ok(performance.now() - began < 1000)
})

await t.test('DNS is back after a restart, at an address that stays', async t => {
  await send('RESTART-DNS', '')
  t.equal((await ask('many.default.svc.cluster.local')).records?.length, 200)
  await host.must('ip', 'address', 'show', 'to', '10.43.0.10')
})

await t.test('removal takes the address away', async t => {
  await removeNetwork(host.shell, { ...network, addresses: ['10.43.0.10/32'] })
  t.equal(await host.must('ip', 'address', 'show', 'to', '10.43.0.10'), '')
})
