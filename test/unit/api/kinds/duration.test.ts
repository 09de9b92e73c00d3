import t from 'tap'
import { age, humanDuration } from '../../../../api/kinds/duration.ts'

await t.test('ages read as kubectl shows them', async t => {
  const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000]
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [-500, '0s'],
    [-5 * s, '<invalid>'],
    [119 * s, '119s'],
    [120 * s, '2m'],
    [125 * s, '2m5s'],
    [10 * m, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [3 * h + 5 * m, '3h5m'],
    [8 * h, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [2 * d + 3 * h, '2d3h'],
    [8 * d, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [800 * d, '2y70d'],
    [3000 * d, '8y'],
  ]
  for (const [ms, text] of cases) t.equal(humanDuration(ms), text, `${ms}`)
  t.equal(age(undefined, 0), '<unknown>')
  t.equal(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:42Z')), '42s')
})
