import t from 'tap'
import { Wakeups } from '../../../../agent/pods/wakeups.ts'

await t.test('wishes for one pod before it is looked at are one; none is lost', async t => {
  const wakeups = new Wakeups()
  const controller = new AbortController()
  const read: string[] = []
  const reading = (async () => {
    for await (const uid of wakeups.read(controller.signal)) {
      read.push(uid)
      if (uid === 'a' && read.length === 1) {
        wakeups.push('b')
        wakeups.push('a')
      }
    }
  })()
  wakeups.push('a')
  wakeups.push('a')
  await new Promise(resolve => setImmediate(resolve))
  wakeups.push('c')
  await new Promise(resolve => setImmediate(resolve))
  t.same(read, ['a', 'b', 'a', 'c'])
  controller.abort()
  await reading
})
