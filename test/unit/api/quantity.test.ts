import t from 'tap'
import {
  addQuantities,
  byteValue,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  fromBytes,
  fromMilli,
  isWholeQuantity,
  milliValue,
  parseQuantity,
  quantitySign,
  roundUpToMilli,
  subQuantities,
  tryParseQuantity,
} from '../../../api/quantity.ts'

await t.test('canonical form keeps the notation and loses nothing', async t => {
  const cases: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['1', '1'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['0.0001', '100u'],
    ['128Mi', '128Mi'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1Ki', '1Ki'],
    ['512', '512'],
    ['0.5Ki', '512'],
    ['0.1Gi', '107374182400m'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['100e3', '100e3'],
    ['1e-3', '1e-3'],
    ['+5', '5'],
    ['-1', '-1'],
    ['-1000m', '-1'],
    ['1.', '1'],
    ['.5', '500m'],
    ['00012', '12'],
    ['9Ei', '9223372036854775807'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['12E', '12E'],
  ]
  for (const [text, canonical] of cases) t.equal(formatQuantity(parseQuantity(text)), canonical, text)
  for (const [text, canonical] of cases) t.equal(canonicalQuantity(text), canonical, `${text}, by the fast path`)
})

await t.test('what is no quantity is refused', async t => {
  for (const text of ['', ' ', 'x', '1x', '1kk', '1KiB', '1 Ki', '--1', '1e', '1i', 'Mi', '1,5', '0x10', 'NaN'])
    t.equal(tryParseQuantity(text), undefined, JSON.stringify(text))
  t.throws(() => parseQuantity('12q'), /not a quantity/)
})

await t.test('comparison goes by the amount', async t => {
  t.equal(compareQuantities('1', '1000m'), 0)
  t.equal(compareQuantities('1Gi', '1G'), 1)
  t.equal(compareQuantities('128Mi', '1Gi'), -1)
  t.equal(compareQuantities('9007199254740993', '9007199254740992'), 1, 'beyond what a Number can tell apart')
  t.equal(compareQuantities('-1', '0'), -1)
  t.equal(quantitySign('-1n'), -1)
  t.equal(quantitySign('0'), 0)
  t.equal(quantitySign('1m'), 1)
})

await t.test('sums keep the notation of the first that is not zero', async t => {
  t.equal(formatQuantity(addQuantities('512Mi', '512Mi')), '1Gi')
  t.equal(formatQuantity(addQuantities('0', '1Gi')), '1Gi')
  t.equal(formatQuantity(addQuantities('250m', '1')), '1250m')
  t.equal(formatQuantity(subQuantities('1', '250m')), '750m')
})

await t.test('numbers for arithmetic', async t => {
  t.equal(milliValue('2'), 2000)
  t.equal(milliValue('100u'), 1, 'rounded up')
  t.equal(byteValue('1Ki'), 1024)
  t.equal(byteValue('1500m'), 2, 'rounded up')
  t.equal(byteValue('8Ei'), 2 ** 63, 'clamped to what an int64 holds')
  t.equal(formatQuantity(fromBytes(1536 * 1024 ** 2)), '1536Mi')
  t.equal(formatQuantity(fromMilli(1500)), '1500m')
  t.equal(roundUpToMilli('0.0001'), '1m')
  t.equal(roundUpToMilli('1.5Gi'), '1536Mi')
  t.ok(isWholeQuantity('2'))
  t.notOk(isWholeQuantity('1500m'))
})
