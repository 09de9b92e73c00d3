import t from 'tap'
import type { ServiceCIDR } from '../../../api/types/networking-v1.ts'
import { containsAddress, findOrphan, overlaps } from '../../../controllers/service-cidr/compute-dependents.ts'

const range = (name: string, ...cidrs: string[]): ServiceCIDR => ({
  kind: 'ServiceCIDR',
  apiVersion: 'networking.k8s.io/v1',
  metadata: { name },
  spec: { cidrs },
})

void t.test('what lies in what', async t => {
  t.ok(containsAddress(range('a', '10.0.0.0/9'), '10.127.255.255'))
  t.notOk(containsAddress(range('a', '10.0.0.0/9'), '10.128.0.0'))
  t.ok(containsAddress(range('a', '10.0.0.0/24', 'fd00::/112'), 'fd00::7'))
  t.notOk(containsAddress(range('a', '10.0.0.0/8'), 'fd00::7'))
  t.ok(overlaps(range('a', '10.0.0.0/8'), range('b', '10.1.0.0/16')))
  t.ok(overlaps(range('a', '10.1.0.0/16'), range('b', '10.0.0.0/8')))
  t.notOk(overlaps(range('a', '10.1.0.0/16'), range('b', '10.2.0.0/16')))
})

void t.test('an address that only one range contains keeps it', async t => {
  const own = range('own', '10.1.0.0/24')
  t.equal(findOrphan(own, [own], ['10.1.0.5', '10.9.0.1']), '10.1.0.5')
  t.equal(findOrphan(own, [own], ['10.9.0.1']), undefined)
  t.equal(findOrphan(own, [own, range('wide', '10.1.0.0/16')], ['10.1.0.5']), undefined, 'another contains all of it')
  t.equal(findOrphan(own, [own, range('twin', '10.1.0.0/24')], ['10.1.0.5']), undefined)
  t.equal(findOrphan(own, [own, range('part', '10.1.0.0/25')], ['10.1.0.5']), undefined, 'another contains those that there are')
  t.equal(findOrphan(own, [own, range('part', '10.1.0.0/25')], ['10.1.0.5', '10.1.0.200']), '10.1.0.200')
})
