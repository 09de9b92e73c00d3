import t from 'tap'
import { collectWhenIdle, createHeapProbe } from '../../../base/idle-collection.ts'
import { createFakeClock } from '../client/fake-clock.ts'

const megabyte = 1024 * 1024

await t.test('collects once the process rests and it is worth it', t => {
  const clock = createFakeClock()
  const state = { busy: 0.5, heap: 60 * megabyte, collected: 0 }
  const stop = collectWhenIdle(
    {
      busy: () => state.busy,
      heapBytes: () => state.heap,
      collect: () => {
        state.collected++
        state.heap = 30 * megabyte
      },
    },
    clock,
  )
  clock.advance(15_000)
  t.equal(state.collected, 0, 'not while it works')
  state.busy = 0.01
  clock.advance(15_000)
  t.equal(state.collected, 1)
  state.heap = 33 * megabyte
  clock.advance(60_000)
  t.equal(state.collected, 1, 'a little more is left alone')
  state.heap = 36 * megabyte
  clock.advance(15_000)
  t.equal(state.collected, 2)
  stop()
  state.heap = 90 * megabyte
  clock.advance(60_000)
  t.equal(state.collected, 2, 'ended')
  t.end()
})

await t.test('the probe of this process frees what is garbage', async t => {
  // Time counts from the first turn of the loop on.
  await new Promise(setImmediate)
  const probe = createHeapProbe()
  let garbage: unknown[] | undefined = Array.from({ length: 300_000 }, (_, i) => ({ i, text: `object ${i}` }))
  const before = probe.heapBytes()
  t.equal(garbage.length, 300_000)
  garbage = undefined
  probe.collect()
  t.ok(probe.heapBytes() < before, 'the heap is smaller')
  t.ok(probe.busy() > 0, 'and the loop was busy')
  t.equal((globalThis as { gc?: unknown }).gc, undefined, 'nothing is left in the global scope')
})
