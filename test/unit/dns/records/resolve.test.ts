import t from 'tap'
import type { Service, ServiceSpec } from '../../../../api/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../../../api/types/discovery-v1.ts'
import { resolve } from '../../../../dns/records/resolve.ts'
import type { ClusterView, Zone } from '../../../../dns/records/view.ts'

const zone: Zone = { domain: 'cluster.local', ttl: 5, address: '10.43.0.10', serviceCidr: '10.43.0.0/16', clusterCidr: '10.42.0.0/16' }
const service = (name: string, spec: Partial<ServiceSpec>): Service => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec })
const slice = (name: string, endpoints: Endpoint[], ports: EndpointSlice['ports']): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints,
  ...(ports && { ports }),
})
const services = [
  service('web', {
    clusterIP: '10.43.0.20',
    clusterIPs: ['10.43.0.20'],
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  }),
  service('db', { clusterIP: 'None', ports: [{ name: 'pg', port: 5432 }] }),
  service('idle', { clusterIP: 'None' }),
  service('out', { type: 'ExternalName', externalName: 'example.com' }),
]
const slices = [
  slice(
    'db',
    [{ addresses: ['10.42.0.5'], hostname: 'db-0' }, { addresses: ['10.42.0.6'] }, { addresses: ['10.42.0.7'], conditions: { ready: false } }],
    [{ name: 'pg', port: 5432, protocol: 'TCP' }],
  ),
]
const view: ClusterView = {
  service: (namespace, name) => services.find(s => s.metadata.namespace === namespace && s.metadata.name === name),
  slices: (_namespace, name) => slices.filter(s => s.metadata.labels?.['kubernetes.io/service-name'] === name),
  hasNamespace: name => name === 'shop',
  servicesByAddress: address => services.filter(s => s.spec.clusterIP === address),
  slicesByAddress: address => slices.filter(s => s.endpoints?.some(e => e.addresses.includes(address))),
}
const ask = (name: string, type = 'A'): unknown => {
  const r = resolve(name, type, zone, view)
  if (r.kind === 'elsewhere') return r.kind
  if (r.answers.length === 0) return `${r.rcode} ${r.authorities[0]?.type} ${r.authorities[0]?.name}`
  return r.answers.map(a => (Array.isArray(a.data) ? (a.data[0] as string) : a.data))
}
const noData = 'NOERROR SOA cluster.local'
const noName = 'NXDOMAIN SOA cluster.local'

await t.test('Services', async t => {
  t.same(ask('web.shop.svc.cluster.local'), ['10.43.0.20'])
  t.same(ask('WEB.Shop.svc.cluster.local.'), ['10.43.0.20'])
  t.same(ask('web.shop.svc.cluster.local', 'AAAA'), noData)
  t.same(ask('nope.shop.svc.cluster.local'), noName)
  t.same(ask('x.web.shop.svc.cluster.local'), noName)
  t.same(ask('out.shop.svc.cluster.local'), ['example.com'])
  t.same(ask('out.shop.svc.cluster.local', 'AAAA'), ['example.com'])
})

await t.test('headless Services', async t => {
  t.same(ask('db.shop.svc.cluster.local'), ['10.42.0.5', '10.42.0.6'], 'only what is ready')
  t.same(ask('db-0.db.shop.svc.cluster.local'), ['10.42.0.5'])
  t.same(ask('10-42-0-6.db.shop.svc.cluster.local'), ['10.42.0.6'])
  t.same(ask('10-42-0-7.db.shop.svc.cluster.local'), noName)
  t.same(ask('idle.shop.svc.cluster.local'), noData)
})

await t.test('SRV', async t => {
  t.same(ask('_http._tcp.web.shop.svc.cluster.local', 'SRV'), [{ priority: 0, weight: 100, port: 80, target: 'web.shop.svc.cluster.local' }])
  t.same(ask('_dns._udp.web.shop.svc.cluster.local', 'SRV'), [{ priority: 0, weight: 100, port: 53, target: 'web.shop.svc.cluster.local' }])
  t.same(ask('_dns._tcp.web.shop.svc.cluster.local', 'SRV'), noName)
  t.same(ask('_tcp.web.shop.svc.cluster.local', 'SRV'), noData)
  t.same(
    ask('_pg._tcp.db.shop.svc.cluster.local', 'SRV'),
    ['db-0', '10-42-0-6'].map(n => ({ priority: 0, weight: 50, port: 5432, target: `${n}.db.shop.svc.cluster.local` })),
  )
  const r = resolve('_pg._tcp.db.shop.svc.cluster.local', 'SRV', zone, view)
  t.same(r.kind === 'answer' && r.additionals.map(a => [a.name, a.data]), [
    ['db-0.db.shop.svc.cluster.local', '10.42.0.5'],
    ['10-42-0-6.db.shop.svc.cluster.local', '10.42.0.6'],
  ])
})

await t.test('pods, reverse names and the rest', async t => {
  t.same(ask('10-42-0-5.shop.pod.cluster.local'), ['10.42.0.5'])
  t.same(ask('10-42-0-5.nope.pod.cluster.local'), noName)
  t.same(ask('10-42-0-500.shop.pod.cluster.local'), noName)
  t.same(ask('20.0.43.10.in-addr.arpa', 'PTR'), ['web.shop.svc.cluster.local'])
  t.same(ask('5.0.42.10.in-addr.arpa', 'PTR'), ['db-0.db.shop.svc.cluster.local'])
  t.same(ask('9.0.43.10.in-addr.arpa', 'PTR'), 'NXDOMAIN SOA 9.0.43.10.in-addr.arpa')
  t.same(ask('8.8.8.8.in-addr.arpa', 'PTR'), 'elsewhere')
  t.same(ask('dns-version.cluster.local', 'TXT'), ['1.1.0'])
  t.same(ask('ns.dns.cluster.local'), ['10.43.0.10'])
  t.same(ask('cluster.local', 'NS'), ['ns.dns.cluster.local'])
})

await t.test('names that only have others below them exist without data; names elsewhere are not ours', async t => {
  for (const name of ['cluster.local', 'svc.cluster.local', 'shop.svc.cluster.local', 'pod.cluster.local', 'shop.pod.cluster.local', 'dns.cluster.local'])
    t.same(ask(name), noData, name)
  for (const name of ['nope.svc.cluster.local', 'example.com.cluster.local', 'www.example.com.shop.svc.cluster.local']) t.same(ask(name), noName, name)
  for (const name of ['example.com', 'notcluster.local', 'local']) t.same(ask(name), 'elsewhere', name)
})
