// Work again and again: after failures too, never twice at once, and not after its end.
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { Clock } from '../../../base/clock.ts'
import { repeat } from '../../../base/repeat.ts'

/** A clock whose only timer fires when it is told to. */
const createHandClock = (): Clock & { fire(): Promise<void>; readonly waits: number[] } => {
  let due: (() => void) | undefined
  const waits: number[] = []
  return {
    waits,
    now: () => 0,
    after: (ms, run) => {
      waits.push(ms)
      due = run
      return () => (due = undefined)
    },
    fire: async () => {
      const run = due
      due = undefined
      run?.()
      await turn()
    },
  }
}

await t.test('work is done again after it failed, with the same rest', async t => {
  const clock = createHandClock()
  const failures: unknown[] = []
  let done = 0
  const work = async (): Promise<void> => {
    await turn()
    if (++done === 1) throw new Error('the first time')
  }
  const end = repeat(clock, 50, work, error => failures.push(error))
  t.equal(done, 0, 'not at once')
  await clock.fire()
  await turn()
  await clock.fire()
  await turn()
  t.equal(done, 2)
  t.match(failures, [{ message: 'the first time' }])
  t.same(new Set(clock.waits), new Set([50]))
  end()
  await clock.fire()
  t.equal(done, 2, 'not after its end')
})

await t.test('an end while it is being done is the last', async t => {
  const clock = createHandClock()
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = repeat(clock, 1, () => promise, error => t.fail(String(error)))
  await clock.fire()
  t.equal(clock.waits.length, 1, 'never twice at once')
  end()
  resolve()
  await turn()
  t.equal(clock.waits.length, 1)
})
