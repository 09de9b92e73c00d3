import t from 'tap'
import { createSeries } from '../../../../apiserver/discovery/series.ts'

void t.test('counts and measures in the text form of Prometheus', async t => {
  const series = createSeries()
  series.counter('calls_total', { who: 'a "b"\\\n' }).add()
  series.counter('calls_total', { who: 'a "b"\\\n' }).add(2)
  series.counter('plain').add()
  const time = series.histogram('seconds', [0.1, 1], { verb: 'GET' })
  for (const value of [0.05, 0.1, 0.5, 3]) time.observe(value)
  t.same(series.lines(), [
    '# TYPE calls_total counter',
    'calls_total{who="a \\"b\\"\\\\\\n"} 3',
    '# TYPE plain counter',
    'plain 1',
    '# TYPE seconds histogram',
    'seconds_bucket{verb="GET",le="0.1"} 2',
    'seconds_bucket{verb="GET",le="1"} 3',
    'seconds_bucket{verb="GET",le="+Inf"} 4',
    'seconds_sum{verb="GET"} 3.65',
    'seconds_count{verb="GET"} 4',
  ])
})

void t.test('is bounded, whatever names come', async t => {
  const series = createSeries()
  for (let i = 0; i < 10_000; i++) series.counter('c', { i: String(i) }).add()
  t.equal(series.lines().length, 5_001)
})
