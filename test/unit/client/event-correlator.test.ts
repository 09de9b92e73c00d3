import t from 'tap'
import { createEventCorrelator, type EventFacts, type Verdict } from '../../../client/event-correlator.ts'

const facts = (message: string, uid = 'u'): EventFacts => ({
  source: 's',
  object: { kind: 'Pod', apiVersion: 'v1', namespace: 'ns', name: 'p', uid, fieldPath: '' },
  type: 'Normal',
  reason: 'R',
  message,
})
const store = (verdict: Verdict): string => {
  if (verdict.do === 'create') verdict.remember('e')
  return verdict.do === 'count' ? `count ${verdict.series.count} ${verdict.message}` : verdict.do === 'create' ? `create ${verdict.message}` : 'drop'
}

await t.test('the same again counts up', async t => {
  const c = createEventCorrelator()
  t.same(
    [1, 2, 3].map(() => store(c.judge(facts('m'), 0))),
    ['create m', 'count 2 m', 'count 3 m'],
  )
})
await t.test('ten alike are folded into one', async t => {
  const c = createEventCorrelator()
  const seen = Array.from({ length: 12 }, (_, i) => store(c.judge(facts(`m${i}`), i)))
  t.equal(seen[8], 'create m8')
  t.equal(seen[9], 'create (combined from similar events): m9')
  t.equal(seen[11], 'count 3 (combined from similar events): m11')
  t.equal(store(c.judge(facts('m99'), 700_000)), 'create m99', 'after ten quiet minutes they stand alone again')
})
await t.test('a flood about one object is dropped, others pass', async t => {
  const c = createEventCorrelator()
  const seen = Array.from({ length: 30 }, () => store(c.judge(facts('m'), 0)))
  t.equal(seen.filter(s => s === 'drop').length, 5)
  t.equal(store(c.judge(facts('m', 'other'), 0)), 'create m')
  t.not(store(c.judge(facts('m'), 300_000)), 'drop', 'one more every five minutes')
})
