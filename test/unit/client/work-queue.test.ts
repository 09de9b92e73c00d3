import t from 'tap'
import { createWorkQueue } from '../../../client/work-queue.ts'
import { createFakeClock } from './fake-clock.ts'

const backoff = { baseMs: 10, maxMs: 100 }

await t.test('a key is queued once, and never worked on twice at once', async t => {
  const queue = createWorkQueue({ clock: createFakeClock() })
  queue.add('a')
  queue.add('b')
  queue.add('a')
  t.equal(queue.length, 2)
  t.equal(await queue.take(), 'a')
  queue.add('a')
  queue.add('a')
  t.equal(queue.length, 1, 'a waits until it is done')
  queue.done('a')
  t.same([await queue.take(), await queue.take()], ['b', 'a'])
  queue.done('a')
  queue.done('b')
  t.equal(queue.length, 0)
})

await t.test('a waiting taker gets the next key at once', async t => {
  const queue = createWorkQueue({ clock: createFakeClock() })
  const taken = queue.take()
  queue.add('x')
  queue.add('x')
  t.equal(await taken, 'x')
  t.equal(queue.length, 0, 'the second add is remembered for after done')
  queue.done('x')
  t.equal(await queue.take(), 'x')
})

await t.test('of several delays the earliest counts', async t => {
  const clock = createFakeClock()
  const queue = createWorkQueue({ clock })
  queue.addAfter('a', 100)
  queue.addAfter('a', 50)
  queue.addAfter('a', 200)
  clock.advance(49)
  t.equal(queue.length, 0)
  clock.advance(1)
  t.equal(queue.length, 1)
  await queue.take()
  queue.done('a')
  clock.advance(1000)
  t.equal(queue.length, 0)
})

await t.test('back-off doubles up to its limit and is forgotten on success', async t => {
  const clock = createFakeClock()
  const queue = createWorkQueue({ clock, backoff })
  for (const waitMs of [10, 20, 40, 80, 100, 100]) {
    queue.retry('a')
    clock.advance(waitMs - 1)
    t.equal(queue.length, 0)
    clock.advance(1)
    t.equal(await queue.take(), 'a')
    queue.done('a')
  }
  queue.forget('a')
  t.equal(queue.retry('a'), 1)
  clock.advance(10)
  t.equal(queue.length, 1)
})

await t.test('stop releases takers and drops everything', async t => {
  const clock = createFakeClock()
  const queue = createWorkQueue({ clock })
  const taken = queue.take()
  queue.addAfter('a', 10)
  queue.stop()
  t.equal(await taken, undefined)
  clock.advance(20)
  queue.add('b')
  t.equal(queue.length, 0)
  t.equal(await queue.take(), undefined)
})
