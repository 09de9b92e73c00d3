// The queue under a fake clock: order, back-off, and that only a helpful event wakes a pod.
import t from 'tap'
import { nodeResourcesFit } from '../../../scheduler/plugins/node-resources-fit.ts'
import { createSchedulingQueue, type SchedulingQueue } from '../../../scheduler/queue.ts'
import { createFakeClock } from '../client/fake-clock.ts'
import { container, node, pod, podInfo } from './fixtures.ts'

const setUp = (): { clock: ReturnType<typeof createFakeClock>; queue: SchedulingQueue } => {
  const clock = createFakeClock()
  return { clock, queue: createSchedulingQueue({ clock, plugins: [nodeResourcesFit], onReady: () => undefined }) }
}
const names = (queue: SchedulingQueue): string[] => {
  const out: string[] = []
  for (let next = queue.pop(); next; next = queue.pop()) out.push(next.info.pod.metadata.name ?? '')
  return out
}
const big = (name: string): ReturnType<typeof pod> => pod(name, { containers: [container({ cpu: '2' })] })
const byFit = new Set(['NodeResourcesFit'])

await t.test('priority first, then who came first', async t => {
  const { clock, queue } = setUp()
  for (const [name, priority] of [
    ['a', 0],
    ['b', 10],
    ['c', 0],
    ['d', 10],
  ] as const) {
    queue.put(pod(name, { priority }))
    clock.advance(1)
  }
  t.same(names(queue), ['b', 'd', 'a', 'c'])
})

await t.test('gated pods wait outside', async t => {
  const { queue } = setUp()
  queue.put(pod('a', { schedulingGates: [{ name: 'g' }] }))
  t.same(names(queue), [])
  queue.put(pod('a'))
  t.same(names(queue), ['a'])
})

await t.test('an unschedulable pod comes again after a helpful event only', async t => {
  const { queue } = setUp()
  queue.put(big('a'))
  queue.rejected(queue.pop()!, byFit)
  queue.move({ type: 'NodeAdded', node: node('small', { cpu: '1' }) })
  t.same(queue.sizes, { active: 0, backoff: 0, unschedulable: 1, inFlight: 0 })
  queue.move({ type: 'NodeAdded', node: node('large') })
  t.same(names(queue), ['a'], 'nothing else to do: the back-off is not waited out')
})

await t.test('an event during the attempt is not lost', async t => {
  const { queue } = setUp()
  queue.put(big('a'))
  const flying = queue.pop()!
  queue.move({ type: 'PodFreed', pod: podInfo('x'), gone: true })
  queue.rejected(flying, byFit)
  t.same(queue.sizes.backoff, 1)
  t.same(names(queue), ['a'])
})

await t.test('an error is waited out, longer each time', async t => {
  const { clock, queue } = setUp()
  queue.put(pod('a'))
  for (const waitMs of [1000, 2000, 4000, 8000, 10000, 10000]) {
    queue.failed(queue.pop()!)
    clock.advance(waitMs - 1)
    t.equal(queue.sizes.active, 0)
    t.equal(queue.pop(), undefined)
    clock.advance(1)
    t.equal(queue.sizes.active, 1, `after ${waitMs} ms`)
  }
})

await t.test('status changes wake nobody, spec changes do', async t => {
  const { queue } = setUp()
  queue.put(big('a'))
  queue.rejected(queue.pop()!, byFit)
  queue.put({ ...big('a'), status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } })
  t.same(names(queue), [])
  queue.put(pod('a', { containers: [container({ cpu: '1' })] }))
  t.same(names(queue), ['a'])
})

await t.test('removed while in flight: gone for good', async t => {
  const { queue } = setUp()
  queue.put(big('a'))
  const flying = queue.pop()!
  queue.remove('uid-a')
  queue.failed(flying)
  t.same(queue.sizes, { active: 0, backoff: 0, unschedulable: 0, inFlight: 0 })
})

await t.test('what no event woke is tried again after five minutes', async t => {
  const { clock, queue } = setUp()
  queue.put(big('a'))
  queue.rejected(queue.pop()!, byFit)
  clock.advance(299_000)
  t.equal(queue.sizes.active, 0)
  clock.advance(31_000)
  t.same(names(queue), ['a'])
})
