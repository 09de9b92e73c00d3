import { decode, encode } from 'dns-packet'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { createForwarder } from '../../../dns/forwarder.ts'
import { createRespond } from '../../../dns/respond.ts'
import type { ClusterView } from '../../../dns/records/view.ts'
import { listen } from '../../../dns/server.ts'

// Two of our own servers, the one forwarding to the other, on real sockets, asked by Node's resolver.
const log = createLogger('error')
const zone = { ttl: 5, address: '127.0.0.1', serviceCidr: '10.43.0.0/16', clusterCidr: '10.42.0.0/16' }
const service = (name: string, addresses: string[]): any => ({ metadata: { name, namespace: 'x' }, spec: { clusterIP: addresses[0], clusterIPs: addresses } })
const view = (services: any[]): ClusterView => ({
  service: (_namespace, name) => services.find(s => s.metadata.name === name),
  slices: () => [],
  hasNamespace: name => name === 'x',
  servicesByAddress: () => [],
  slicesByAddress: () => [],
})
const it = { now: 1_000_000, asked: 0, nameservers: [] as string[], ready: true }
const clock = { now: () => it.now, after: () => () => undefined }
const nobody = createForwarder({ nameservers: () => [], clock })
const answers = createRespond({
  zone: { ...zone, domain: 'example.com' },
  view: view([
    service('one', ['1.1.1.1']),
    service(
      'big',
      Array.from({ length: 150 }, (_, i) => `10.1.1.${i}`),
    ),
  ]),
  isReady: () => true,
  forwarder: nobody,
  log,
})
const upstream = await listen(
  '127.0.0.1',
  0,
  (query, protocol) => {
    it.asked++
    return answers(query, protocol)
  },
  log,
)
it.nameservers = [`127.0.0.1#${upstream.port}`]
const forwarder = createForwarder({ nameservers: () => it.nameservers, clock, timeoutMs: 300 })
const alias = { metadata: { name: 'alias', namespace: 'x' }, spec: { type: 'ExternalName', externalName: 'one.x.svc.example.com' } }
const respond = createRespond({
  zone: { ...zone, domain: 'cluster.local' },
  view: view([service('web', ['10.43.0.7']), alias]),
  isReady: () => it.ready,
  forwarder,
  log,
})
const server = await listen('127.0.0.1', 0, respond, log)
t.teardown(async () => {
  await server.close()
  await upstream.close()
})
const resolver = new Resolver({ timeout: 2000, tries: 1 })
resolver.setServers([`127.0.0.1:${server.port}`])
const code = (error: unknown): string => (error as { code: string }).code

await t.test('forwards, remembers, and lessens the time to live', async t => {
  t.same(await resolver.resolve4('one.x.svc.example.com', { ttl: true }), [{ address: '1.1.1.1', ttl: 5 }])
  t.equal(it.asked, 1)
  it.now += 3000
  t.same(await resolver.resolve4('one.x.svc.example.com', { ttl: true }), [{ address: '1.1.1.1', ttl: 2 }])
  t.equal(it.asked, 1)
  it.now += 2001
  t.same(await resolver.resolve4('one.x.svc.example.com', { ttl: true }), [{ address: '1.1.1.1', ttl: 5 }])
  t.equal(it.asked, 2)
})

await t.test('names that do not exist are remembered too', async t => {
  const before = it.asked
  for (let i = 0; i < 2; i++) t.equal(await resolver.resolve4('nope.x.svc.example.com').catch(code), 'ENOTFOUND')
  t.equal(it.asked, before + 1)
})

await t.test('a truncated answer is asked for again over TCP', async t => {
  t.equal((await resolver.resolve4('big.x.svc.example.com')).length, 150)
})

await t.test('an ExternalName is followed', async t => {
  t.same(await resolver.resolve4('alias.x.svc.cluster.local'), ['1.1.1.1'])
})

await t.test('the next resolver is asked when one is silent, and SERVFAIL says that none answered', async t => {
  const silent = createSocket('udp4')
  await new Promise<void>(resolve => silent.bind(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  it.nameservers = [`127.0.0.1#${silent.address().port}`, `127.0.0.1#${upstream.port}`]
  it.now += 60_000
  t.same(await resolver.resolve4('one.x.svc.example.com'), ['1.1.1.1'])
  it.nameservers = [`127.0.0.1#${silent.address().port}`]
  it.now += 60_000
  t.equal(await resolver.resolve4('one.x.svc.example.com').catch(code), 'ESERVFAIL')
  t.same(await resolver.resolve4('web.x.svc.cluster.local'), ['10.43.0.7'], 'the cluster is answered all the same')
})

await t.test('before everything is known no name of the cluster is denied', async t => {
  it.ready = false
  t.equal(await resolver.resolve4('nope.x.svc.cluster.local').catch(code), 'ESERVFAIL')
  it.ready = true
  t.equal(await resolver.resolve4('nope.x.svc.cluster.local').catch(code), 'ENOTFOUND')
})

await t.test('the messages themselves', async t => {
  const query = (questions: any[], extra = {}): Buffer => encode({ type: 'query', id: 77, flags: 256, questions, ...extra })
  const answer = decode(
    (await respond(
      query([{ name: 'WeB.x.svc.cluster.local', type: 'A' }], { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [] }] }),
      'udp',
    ))!,
  ) as any
  t.match(answer, {
    id: 77,
    type: 'response',
    flag_aa: true,
    flag_ra: true,
    flag_rd: true,
    rcode: 'NOERROR',
    questions: [{ name: 'WeB.x.svc.cluster.local' }],
    answers: [{ name: 'WeB.x.svc.cluster.local', data: '10.43.0.7', ttl: 5 }],
  })
  t.same(
    answer.additionals.map((a: any) => [a.type, a.udpPayloadSize]),
    [['OPT', 1232]],
  )
  const denied = decode((await respond(query([{ name: 'nope.x.svc.cluster.local', type: 'A' }]), 'udp'))!) as any
  t.match(denied, { rcode: 'NXDOMAIN', answers: [], authorities: [{ type: 'SOA', name: 'cluster.local', data: { minimum: 5 } }], additionals: [] })
  t.equal(
    await respond(answer.constructor === Object ? encode({ type: 'response', id: 1, questions: [] }) : Buffer.alloc(0), 'udp'),
    undefined,
    'an answer is not answered',
  )
  t.equal(await respond(Buffer.from('short'), 'udp'), undefined)
  t.match(decode((await respond(Buffer.from('00070100ffff000000000000', 'hex'), 'udp'))!), { id: 7, rcode: 'FORMERR' })
  t.match(decode((await respond(query([{ name: 'cluster.local', type: 'AXFR' }]), 'tcp'))!), { rcode: 'REFUSED' })
})

await t.test('an occupied or foreign address is one clear sentence', async t => {
  await t.rejects(listen('127.0.0.1', server.port, respond, log), {
    message: `cluster DNS cannot listen on 127.0.0.1:${server.port}: another program listens there`,
  })
  await t.rejects(listen('192.0.2.1', 5353, respond, log), { message: 'cluster DNS cannot listen on 192.0.2.1:5353: this host does not have the address' })
})
