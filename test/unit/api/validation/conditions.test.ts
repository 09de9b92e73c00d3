// metav1.Condition, wherever it stands.
import t from 'tap'
import type { FieldError } from '../../../../api/field-error.ts'
import { validateConditions } from '../../../../api/validation/conditions.ts'

const good = { type: 'example.com/Ready', status: 'True', reason: 'AllWell', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }
const judge = (...conditions: object[]): string[] => {
  const errors: FieldError[] = []
  validateConditions(errors, 'c', conditions)
  return errors.map(e => `${e.field} ${e.reason.replace('FieldValue', '')}`)
}

await t.test('one field changed, the faults that follow', async t => {
  const cases: readonly [object, string[]][] = [
    [{}, []],
    [{ type: '' }, ['c[0].type Required']],
    [{ type: 'a b' }, ['c[0].type Invalid']],
    [{ status: 'Maybe' }, ['c[0].status NotSupported']],
    [{ status: undefined }, ['c[0].status Required']],
    [{ observedGeneration: -1 }, ['c[0].observedGeneration Invalid']],
    [{ lastTransitionTime: undefined }, ['c[0].lastTransitionTime Required']],
    [{ reason: '' }, ['c[0].reason Required']],
    [{ reason: '9lives' }, ['c[0].reason Invalid']],
    [{ reason: 'a'.repeat(1025) }, ['c[0].reason TooLong']],
    [{ message: 'a'.repeat(32_769) }, ['c[0].message TooLong']],
  ]
  for (const [change, expected] of cases) t.same(judge({ ...good, ...change }), expected, JSON.stringify(change).slice(0, 60))
  t.same(judge(good, good), ['c[1].type Duplicate'])
})
