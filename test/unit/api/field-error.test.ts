import t from 'tap'
import { invalid, invalidValue } from '../../../api/field-error.ts'

const kind = { group: '', kind: 'Pod' }
const errors = (count: number) => Array.from({ length: count }, (_, i) => invalidValue(`spec.a[${i}]`, 'x', 'must be y'))

void t.test('tells all that is wrong', async t => {
  const { status } = invalid(kind, 'p', errors(2))
  t.equal(status.message, 'Pod "p" is invalid: [spec.a[0]: Invalid value: "x": must be y, spec.a[1]: Invalid value: "x": must be y]')
  t.equal(status.details?.causes?.length, 2)
})

void t.test('but is no larger than what it answers', async t => {
  const { status } = invalid(kind, 'p', errors(100_000))
  t.equal(status.details?.causes?.length, 1_000)
  t.match(status.message, /, and 99000 more\]$/)
})
