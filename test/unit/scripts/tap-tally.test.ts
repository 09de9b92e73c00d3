import t from 'tap'
import { createTally } from '../../../scripts/tap-tally.ts'

const count = (text: string) => {
  const tally = createTally()
  for (const line of text.split('\n')) tally.line(line)
  return tally.result()
}

await t.test('counts leaves, not the summaries of subtests', async t => {
  t.same(
    count(`TAP version 14
# Subtest: test/unit/a.test.ts
    # Subtest: inner
        ok 1 - one
        ok 2 - two
        1..2
    ok 1 - inner # time=5ms
    ok 2 - flat
    1..2
ok 1 - test/unit/a.test.ts # time=300ms
1..1`),
    { passed: 3, failed: 0, skipped: 0 },
  )
})

await t.test('a failure inside counts once, however deep', async t => {
  t.same(
    count(`# Subtest: f
    # Subtest: inner
        ok 1 - one
        not ok 2 - two
          ---
          at: x
          ok 9 - not a result
          ...
        1..2
    not ok 1 - inner
    1..1
not ok 1 - f`),
    { passed: 1, failed: 1, skipped: 0 },
  )
})

await t.test('a file that fails without a failed line counts: time-out, empty, thrown', async t => {
  t.same(
    count(`# Subtest: f
    ok 1 - one
not ok 1 - f # time=120000ms
not ok 2 - g # no tests`),
    { passed: 1, failed: 2, skipped: 0 },
  )
})

await t.test('skips and todos are neither passed nor failed', async t => {
  t.same(
    count(`ok 1 - a # SKIP no oracle here
# Subtest: f
    ok 1 - b # skip because
    1..1
ok 2 - f
not ok 3 - later # TODO`),
    { passed: 1, failed: 0, skipped: 2 },
  )
})
