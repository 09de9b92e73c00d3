import { validateHeaderValue } from 'node:http'
import t from 'tap'
import { toWarningHeaders } from '../../../../apiserver/encoding/warnings.ts'

void t.test('warnings fit into a header whatever is in them', async t => {
  t.same(toWarningHeaders(['plain']), ['299 - "plain"'])
  t.same(toWarningHeaders(['a "b" \\c']), ['299 - "a \\"b\\" \\\\c"'])
  t.same(toWarningHeaders(['two\r\nlines\u0000\u0085']), ['299 - "two lines "'])
  const hostile = ['é😀', '\ud800', '\u2028', String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))]
  for (const header of toWarningHeaders(hostile)) t.doesNotThrow(() => validateHeaderValue('warning', header), JSON.stringify(header))
  t.equal(Buffer.from(toWarningHeaders(['é😀'])[0]!, 'latin1').toString(), '299 - "é😀"', 'clients read UTF-8')
})

void t.test('many and long ones are cut', async t => {
  const headers = toWarningHeaders(Array.from({ length: 1_000 }, (_, i) => `${i} ${'x'.repeat(1_000)}`))
  t.ok(headers.length >= 10 && headers.length < 20, `${headers.length} are left`)
  t.ok(headers.join('').length <= 4 * 1024)
  t.equal(toWarningHeaders(['x'.repeat(3_000)])[0]!.length, 3_000 + '299 - ""'.length, 'one long one is whole')
})
