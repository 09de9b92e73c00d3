// Streams' bytes are handed over together, all of them, in rounds that leave time to others.
import t from 'tap'
import { Outbox } from '../../../../apiserver/http/outbox.ts'
import { eventually } from '../../../harness/eventually.ts'

const spin = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

await t.test('what was said in one turn is handed over once', async t => {
  const outbox = new Outbox()
  let flushed = 0
  outbox.add({ flush: () => flushed++ })
  t.equal(flushed, 0, 'not at once')
  await eventually(() => flushed === 1)
})

await t.test('a long round is interrupted, and leaves nobody out', async t => {
  const outbox = new Outbox()
  const flushed: number[] = []
  let turns = 0
  const count = (): void => {
    turns++
    if (flushed.length < 20) setImmediate(count)
  }
  for (let i = 0; i < 20; i++)
    outbox.add({
      flush: () => {
        spin(1)
        flushed.push(i)
      },
    })
  setImmediate(count)
  await eventually(() => flushed.length === 20)
  t.same(flushed, [...Array(20).keys()], 'in the order in which they asked')
  t.ok(turns >= 3, `others had ${turns} turns meanwhile`)
})

await t.test('who has something to say during a round comes with the next, after a rest', async t => {
  const outbox = new Outbox()
  let restMs = 0
  outbox.add({
    flush: () => {
      spin(8)
      const beganMs = performance.now()
      outbox.add({ flush: () => (restMs = performance.now() - beganMs) })
    },
  })
  await eventually(() => restMs > 0)
  t.ok(restMs >= 6, `${restMs} ms`)
})
