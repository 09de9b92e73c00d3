import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import type { Clock } from '../../../base/clock.ts'
import { defineResource } from '../../../api/resource.ts'
import { parseAddressRange } from '../../../apiserver/services/address-range.ts'
import { type Claims, createClaims } from '../../../apiserver/services/claims.ts'
import { repairAddresses } from '../../../apiserver/services/repair.ts'
import { createServiceAddresses } from '../../../apiserver/services/service-addresses.ts'
import type { WriteHook } from '../../../apiserver/services/write-hooks.ts'
import { createMemoryStore } from '../../../store/main.ts'
import { type Store, StoreError } from '../../../store/store.ts'

const record = defineResource({ group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true })
const log = createLogger('silent')

interface Fixture {
  hook: WriteHook
  store: Store
  ips: Claims
  ports: Claims
  used: () => Promise<{ ips: number; ports: number }>
  repair: () => ReturnType<typeof repairAddresses>
  tick: (ms: number) => void
}

const start = async (t: { teardown(run: () => unknown): void }, cidrs = ['10.43.0.0/24'], wrap: (store: Store) => Store = s => s): Promise<Fixture> => {
  let nowMs = Date.parse('2024-01-01T00:00:00Z')
  const clock: Clock = { now: () => nowMs, after: () => () => undefined }
  const backend = createMemoryStore({ log, clock })
  await backend.start(AbortSignal.timeout(5_000))
  t.teardown(() => backend.stop())
  const store = wrap(backend)
  const prefixes = { ips: '/registry/ipaddresses/', ports: '/registry/ranges/nodeports/', services: '/registry/services/specs/' }
  for (const prefix of [prefixes.ips, prefixes.ports]) await store.register({ prefix, namespaced: false, fieldsOf: () => ({}) })
  await store.register({ prefix: prefixes.services, namespaced: true, fieldsOf: () => ({}) })
  const ips = createClaims(store, clock, { kind: 'IPAddress', apiVersion: 'networking.k8s.io/v1', prefix: prefixes.ips, labelsOf: () => ({ ours: 'yes' }) })
  const ports = createClaims(store, clock, { kind: 'NodePortClaim', apiVersion: 'v1', prefix: prefixes.ports, labelsOf: () => undefined })
  const ranges = cidrs.map(cidr => parseAddressRange(cidr))
  return {
    hook: createServiceAddresses({ record, ips, ports, ranges: () => Promise.resolve(ranges), nodePorts: { first: 30000, last: 30099 } }),
    store,
    ips,
    ports,
    used: async () => ({ ips: (await ips.all()).length, ports: (await ports.all()).length }),
    repair: () => repairAddresses({ store, clock, log, services: prefixes.services, ips, ports, isOurs: claim => claim.labels['ours'] === 'yes' }),
    tick: ms => {
      nowMs += ms
    },
  }
}
const service = (spec: object, name = 's'): any => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  spec: { type: 'ClusterIP', ...spec },
})
const keep = (store: Store, object: any): Promise<unknown> => store.create(`/registry/services/specs/default/${object.metadata.name}`, object)

await t.test('address ranges', async t => {
  const range = parseAddressRange('10.43.0.0/16')
  t.equal(range.cidr, '10.43.0.0/16')
  t.equal(range.addressAt(0), '10.43.0.1')
  t.equal(range.offsetOf('10.43.0.1'), 0)
  t.equal(range.offsetOf('10.43.0.0'), undefined, 'the network has no address')
  t.equal(range.offsetOf('10.43.255.255'), undefined, 'nor has the broadcast')
  t.equal(range.offsetOf('10.44.0.1'), undefined)
  t.equal(range.offsetOf('10.43.0.01'), undefined)
  t.equal(range.addressAt(range.offsetOf('10.43.77.8')!), '10.43.77.8')
  t.throws(() => parseAddressRange('fd00::/108'))
  t.throws(() => parseAddressRange('10.0.0.0/8'))
  t.equal(parseAddressRange('10.0.0.0/8', 8).size, 2 ** 24 - 2)
})

await t.test('no address is given out twice, also by two servers at once, and released ones come back', async t => {
  const { hook, ips, ports } = await start(t)
  const other = createServiceAddresses({
    record,
    ips,
    ports,
    ranges: () => Promise.resolve([parseAddressRange('10.43.0.0/24')]),
    nodePorts: { first: 30000, last: 30099 },
  })
  const made = Array.from({ length: 254 }, (_, i) => service({}, `s${i}`))
  await Promise.all(made.map(async (s, i) => (await (i % 2 ? hook : other).begin(s, undefined, false)).commit()))
  t.equal(new Set(made.map(s => s.spec.clusterIP)).size, 254)
  await t.rejects(hook.begin(service({}), undefined, false), { code: 500 })
  await hook.deleted(made[7])
  const again = service({}, 'again')
  await other.begin(again, undefined, false)
  t.equal(again.spec.clusterIP, made[7].spec.clusterIP)
  await hook.deleted(made[7])
  t.equal((await ips.all()).length, 254, 'a late release does not take what somebody else has now')
})

await t.test('a second range is used when the first is full', async t => {
  const { hook } = await start(t, ['10.43.0.0/30', '10.44.0.0/30'])
  const made = Array.from({ length: 4 }, (_, i) => service({}, `s${i}`))
  for (const s of made) await hook.begin(s, undefined, false)
  t.same(made.map(s => s.spec.clusterIP).sort(), ['10.43.0.1', '10.43.0.2', '10.44.0.1', '10.44.0.2'])
})

await t.test('what a failed write took is given back whole', async t => {
  const { hook, used } = await start(t)
  const s = service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] })
  const reservation = await hook.begin(s, undefined, false)
  t.same(await used(), { ips: 1, ports: 2 })
  await reservation.rollback()
  t.same(await used(), { ips: 0, ports: 0 })
  await hook.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }), undefined, false)
  const ports = [
    { port: 1, nodePort: 30002 },
    { port: 2, nodePort: 30001 },
  ]
  await t.rejects(hook.begin(service({ type: 'NodePort', ports }, 'b'), undefined, false), {
    code: 422,
    status: { details: { causes: [{ field: 'spec.ports[1].nodePort', reason: 'FieldValueInvalid' }] } },
  })
  t.same(await used(), { ips: 1, ports: 1 }, 'the first port and the address are free again')
})

await t.test('node ports', async t => {
  const { hook, used } = await start(t)
  const s = service({
    type: 'NodePort',
    ports: [
      { name: 'a', port: 53, protocol: 'TCP' },
      { name: 'b', port: 53, protocol: 'UDP' },
      { name: 'c', port: 80 },
    ],
  })
  await (await hook.begin(s, undefined, false)).commit()
  t.equal(s.spec.ports[0].nodePort, s.spec.ports[1].nodePort, 'two protocols share a number')
  t.not(s.spec.ports[0].nodePort, s.spec.ports[2].nodePort)
  const next = service({ type: 'NodePort', ports: [{ name: 'a', port: 53 }] })
  await (await hook.begin(next, s, false)).commit()
  t.equal(next.spec.ports[0].nodePort, s.spec.ports[0].nodePort, 'an update that leaves it out keeps it')
  t.equal(next.spec.clusterIP, s.spec.clusterIP)
  t.same(await used(), { ips: 1, ports: 1 }, 'the port that went is free')
  await t.rejects(hook.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] }, 'b'), undefined, false), { code: 422 })
})

await t.test('a dry run takes nothing but notices a taken port', async t => {
  const { hook, used } = await start(t)
  await hook.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30005 }] }), undefined, false)
  const before = await used()
  const dry = service({ type: 'NodePort', ports: [{ port: 1 }, { port: 2 }] }, 'dry')
  await (await hook.begin(dry, undefined, true)).commit()
  t.ok(dry.spec.clusterIP)
  t.not(dry.spec.ports[0].nodePort, dry.spec.ports[1].nodePort)
  const named = service({ type: 'NodePort', ports: [{ port: 1, nodePort: 1 }, { port: 2 }] }, 'named')
  await hook.begin(named, undefined, true)
  t.equal(named.spec.ports[1].nodePort, 2, 'it guesses the number after the highest that is named, whatever the range')
  t.same(await used(), before)
  await t.rejects(hook.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30005 }] }, 'b'), undefined, true), { code: 422 })
})

await t.test('headless and external names have no address', async t => {
  const { hook, used } = await start(t)
  const headless = service({ clusterIP: 'None' })
  await hook.begin(headless, undefined, false)
  t.same(headless.spec.ipFamilies, ['IPv4', 'IPv6'])
  t.equal(headless.spec.ipFamilyPolicy, 'RequireDualStack')
  const external = service({ type: 'ExternalName', externalName: 'x.example.com' })
  await hook.begin(external, undefined, false)
  t.equal(external.spec.clusterIP, undefined)
  t.same(await used(), { ips: 0, ports: 0 })
})

await t.test('the repair claims what Services use and gives back what none does, once no write can be under way', async t => {
  const { hook, store, ips, used, repair, tick } = await start(t)
  await keep(store, service({ type: 'NodePort', clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'], ports: [{ port: 1, nodePort: 30007 }] }, 'old'))
  t.same(await repair(), { ips: 1, ports: 1 })
  await t.rejects(hook.begin(service({ clusterIP: '10.43.0.9' }, 'b'), undefined, false), { code: 422 })
  const leaked = service({ type: 'NodePort', ports: [{ port: 1 }] }, 'leaked')
  await hook.begin(leaked, undefined, false)
  await repair()
  t.same(await used(), { ips: 2, ports: 2 }, 'its write may still be under way')
  tick(121_000)
  await repair()
  t.same(await used(), { ips: 1, ports: 1 })
  await store.create('/registry/ipaddresses/10.43.0.50', {
    kind: 'IPAddress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: '10.43.0.50', creationTimestamp: '2020-01-01T00:00:00Z' },
  })
  await repair()
  t.notOk(await ips.isFree('10.43.0.50'), 'what somebody else keeps stays')
})

await t.test('a claim whose fate is unknown is no address to give to somebody else', async t => {
  let fail = true
  const losing = (store: Store): Store['create'] =>
    async function (key, object, options) {
      const entry = await store.create(key, object, options)
      if (!fail || !key.includes('ipaddresses')) return entry
      fail = false
      throw new StoreError('Timeout', 'the answer was lost')
    }
  const { hook, ips } = await start(
    t,
    ['10.43.0.0/30'],
    store =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'create') return losing(target)
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      }),
  )
  await t.rejects(hook.begin(service({}, 'a'), undefined, false), { code: 'Timeout' })
  const [lost] = await ips.all()
  const b = service({}, 'b')
  await hook.begin(b, undefined, false)
  t.not(b.spec.clusterIP, lost!.name)
})
