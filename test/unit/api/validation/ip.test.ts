import t from 'tap'
import type { FieldError } from '../../../../api/field-error.ts'
import { addNonSpecialIp, formatIp, isDualStack, isValidCidr, isValidIp, parseIp } from '../../../../api/validation/ip.ts'

await t.test('addresses are read as upstream reads them', async t => {
  for (const text of ['10.0.0.1', '010.0.0.1', '::1', 'fe80::1', '2001:db8::', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8']) t.ok(isValidIp(text), text)
  for (const text of ['', '10.0.0', '10.0.0.256', '1:2', ':::', 'fe80::1%eth0', '1::2::3', 'x', '1.2.3.4.5']) t.notOk(isValidIp(text), text)
  t.ok(isValidCidr('10.0.0.0/8'))
  t.notOk(isValidCidr('10.0.0.0/33'))
  t.notOk(isValidCidr('10.0.0.0'))
  t.equal(formatIp(parseIp('2001:0db8:0:0:1:0:0:0')!), '2001:db8:0:0:1::')
  t.equal(formatIp(parseIp('::ffff:10.0.0.1')!), '10.0.0.1')
  t.ok(isDualStack(['10.0.0.1', 'fd00::1']))
})

await t.test('addresses that lead nowhere are no endpoints', async t => {
  const faults = (ip: string): number => {
    const errors: FieldError[] = []
    addNonSpecialIp(errors, 'ip', ip)
    return errors.length
  }
  for (const ip of ['0.0.0.0', '127.0.0.1', '169.254.1.1', '224.0.0.1', '::', '::1', 'fe80::1', 'ff02::1', 'x']) t.equal(faults(ip), 1, ip)
  for (const ip of ['10.0.0.1', '2001:db8::1']) t.equal(faults(ip), 0, ip)
})
