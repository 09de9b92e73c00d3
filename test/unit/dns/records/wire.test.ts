import { decode, encode } from 'dns-packet'
import t from 'tap'
import { parseNameservers } from '../../../../dns/records/resolv-conf.ts'
import { findTimesToLive, withAge } from '../../../../dns/records/wire.ts'

await t.test('finds and lessens the times to live of a real message', async t => {
  const message = encode({
    type: 'response',
    id: 7,
    questions: [{ name: 'a.example.com', type: 'A' }],
    answers: [
      { name: 'a.example.com', type: 'CNAME', ttl: 300, data: 'b.example.com' },
      { name: 'b.example.com', type: 'A', ttl: 20, data: '1.2.3.4' },
    ],
    authorities: [{ name: 'example.com', type: 'SOA', ttl: 60, data: { mname: 'x', rname: 'y' } }],
    additionals: [{ name: '.', type: 'OPT', udpPayloadSize: 1232, flags: 0, options: [] } as never],
  })
  const ttl = findTimesToLive(message)!
  t.equal(ttl.least, 20)
  t.equal(ttl.offsets.length, 3)
  const aged = decode(withAge(message, ttl, 99, 25))
  t.equal(aged.id, 99)
  t.same(
    [...aged.answers!, ...aged.authorities!].map(a => (a as { ttl?: number }).ttl),
    [275, 0, 35],
  )
})

await t.test('malformed messages are refused, never read past their end', async t => {
  const message = encode({
    type: 'response',
    id: 7,
    questions: [{ name: 'a.example.com', type: 'A' }],
    answers: [{ name: 'a.example.com', type: 'A', ttl: 20, data: '1.2.3.4' }],
  })
  for (let length = 0; length < message.length; length++) t.equal(findTimesToLive(message.subarray(0, length)), undefined, `${length} bytes`)
  t.equal(findTimesToLive(encode({ type: 'response', id: 1, questions: [] })), undefined, 'no records')
})

await t.test('resolv.conf', async t => {
  const text = '# comment\nnameserver 10.43.0.10\n  nameserver 1.1.1.1 \nnameserver 1.1.1.1\nsearch x\nnameserver ::1\n'
  t.same(parseNameservers(text, new Set(['10.43.0.10'])), { nameservers: ['1.1.1.1', '::1'], looping: ['10.43.0.10'] })
  t.same(parseNameservers('', new Set()), { nameservers: [], looping: [] })
})
