import t from 'tap'
import { createBitmap } from '../../../apiserver/services/bitmap.ts'
import { parseAddressRange } from '../../../apiserver/services/address-range.ts'
import { createServiceAddresses } from '../../../apiserver/services/service-addresses.ts'
import { defineResource } from '../../../api/resource.ts'

const record = defineResource({ group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true })
const create = (cidr = '10.43.0.0/24'): ReturnType<typeof createServiceAddresses> =>
  createServiceAddresses(record, parseAddressRange(cidr), { first: 30000, last: 30099 })
const service = (spec: object, name = 's'): any => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
  spec: { type: 'ClusterIP', ...spec },
})

await t.test('a bitmap gives every number once', async t => {
  const set = createBitmap(100)
  const seen = new Set<number>()
  for (let i = 0; i < 100; i++) seen.add(set.takeAny(0, 100)!)
  t.equal(seen.size, 100)
  t.equal(set.takeAny(0, 100), undefined)
  set.release(42)
  t.equal(set.takeAny(0, 100), 42)
  t.equal(set.take(42), false)
  t.equal(set.take(100), false)
})

await t.test('address ranges', async t => {
  const range = parseAddressRange('10.43.0.0/16')
  t.equal(range.addressAt(0), '10.43.0.1')
  t.equal(range.offsetOf('10.43.0.1'), 0)
  t.equal(range.offsetOf('10.43.0.0'), undefined, 'the network has no address')
  t.equal(range.offsetOf('10.43.255.255'), undefined, 'nor has the broadcast')
  t.equal(range.offsetOf('10.44.0.1'), undefined)
  t.equal(range.offsetOf('10.43.0.01'), undefined)
  t.equal(range.addressAt(range.offsetOf('10.43.77.8')!), '10.43.77.8')
  t.throws(() => parseAddressRange('fd00::/108'))
  t.throws(() => parseAddressRange('10.0.0.0/8'))
})

await t.test('no address is given out twice, and released ones come back', async t => {
  const addresses = create()
  const seen = new Set<string>()
  const made = []
  for (let i = 0; i < 253; i++) {
    const s = service({})
    addresses.begin(s, undefined, false).commit()
    seen.add(s.spec.clusterIP)
    made.push(s)
  }
  t.equal(seen.size, 253)
  t.notOk(seen.has('10.43.0.1'), 'the first belongs to the kubernetes Service')
  t.throws(() => addresses.begin(service({}), undefined, false), { code: 500 })
  addresses.deleted(made[7])
  const again = service({})
  addresses.begin(again, undefined, false)
  t.equal(again.spec.clusterIP, made[7].spec.clusterIP)
})

await t.test('what a failed write took is given back whole', async t => {
  const addresses = create()
  const before = { ...addresses.usage }
  const s = service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] })
  addresses.begin(s, undefined, false).rollback()
  t.same(addresses.usage, before)
  addresses.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }), undefined, false).commit()
  const usage = { ...addresses.usage }
  t.throws(
    () =>
      addresses.begin(
        service({
          type: 'NodePort',
          ports: [
            { port: 1, nodePort: 30002 },
            { port: 2, nodePort: 30001 },
          ],
        }),
        undefined,
        false,
      ),
    { code: 422, status: { details: { causes: [{ field: 'spec.ports[1].nodePort', reason: 'FieldValueInvalid' }] } } },
  )
  t.same(addresses.usage, usage, 'the first port and the address are free again')
})

await t.test('node ports', async t => {
  const addresses = create()
  const s = service({
    type: 'NodePort',
    ports: [
      { name: 'a', port: 53, protocol: 'TCP' },
      { name: 'b', port: 53, protocol: 'UDP' },
      { name: 'c', port: 80 },
    ],
  })
  addresses.begin(s, undefined, false).commit()
  t.equal(s.spec.ports[0].nodePort, s.spec.ports[1].nodePort, 'two protocols share a number')
  t.not(s.spec.ports[0].nodePort, s.spec.ports[2].nodePort)
  const next = service({ type: 'NodePort', ports: [{ name: 'a', port: 53 }] })
  addresses.begin(next, s, false).commit()
  t.equal(next.spec.ports[0].nodePort, s.spec.ports[0].nodePort, 'an update that leaves it out keeps it')
  t.equal(next.spec.clusterIP, s.spec.clusterIP)
  t.equal(addresses.usage.ports, 1, 'the port that went is free')
  t.throws(() => addresses.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] }), undefined, false), { code: 422 })
})

await t.test('a dry run takes nothing but notices a taken port', async t => {
  const addresses = create()
  addresses.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30005 }] }), undefined, false).commit()
  const usage = { ...addresses.usage }
  addresses.begin(service({}), undefined, true).commit()
  t.same(addresses.usage, usage)
  t.throws(() => addresses.begin(service({ type: 'NodePort', ports: [{ port: 1, nodePort: 30005 }] }), undefined, true), { code: 422 })
})

await t.test('restoring reports doubles', async t => {
  const addresses = create()
  const a = service({ clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'] }, 'a')
  t.same(addresses.restore([a, service({ clusterIP: '10.43.0.9', clusterIPs: ['10.43.0.9'] }, 'b')]), ['default/b 10.43.0.9'])
  t.throws(() => addresses.begin(service({ clusterIP: '10.43.0.9' }), undefined, false), { code: 422 })
})

await t.test('headless and external names have no address', async t => {
  const addresses = create()
  const usage = { ...addresses.usage }
  const headless = service({ clusterIP: 'None' })
  addresses.begin(headless, undefined, false).commit()
  t.same(headless.spec.ipFamilies, ['IPv4', 'IPv6'])
  t.equal(headless.spec.ipFamilyPolicy, 'RequireDualStack')
  const external = service({ type: 'ExternalName', externalName: 'x.example.com' })
  addresses.begin(external, undefined, false).commit()
  t.equal(external.spec.clusterIP, undefined)
  t.same(addresses.usage, usage)
})
