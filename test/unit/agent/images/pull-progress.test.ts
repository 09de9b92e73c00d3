import t from 'tap'
import { createPullTally } from '../../../../agent/images/pull-progress.ts'

await t.test('what is no longer received has arrived', async t => {
  const tally = createPullTally()
  t.equal(tally.text(), undefined)
  tally.add([{ ref: 'layer-a', receivedBytes: 0, totalBytes: 4_000_000 }])
  t.equal(tally.text(), undefined)
  tally.add([
    { ref: 'layer-a', receivedBytes: 1_000_000, totalBytes: 4_000_000 },
    { ref: 'layer-b', receivedBytes: 500_000, totalBytes: 0 },
  ])
  t.equal(tally.text(), '1.5 of 4.5 MB')
  tally.add([{ ref: 'layer-b', receivedBytes: 2_000_000, totalBytes: 9_000_000 }])
  t.equal(tally.text(), '6.0 of 13.0 MB')
})
