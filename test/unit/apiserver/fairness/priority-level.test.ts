import t from 'tap'
import { PriorityLevel, type Admittance, type LevelLimits, type SeatMarket, type Seats } from '../../../../apiserver/fairness/priority-level.ts'
import { createFakeClock } from '../../store/fake-clock.ts'

const alone: SeatMarket = { idleBeside: () => 0, freed: () => undefined }
const never = new AbortController().signal
const queuing = { queues: 8, handSize: 2, queueLength: 3 }
const create = (limits: Partial<LevelLimits> = {}, market = alone, clock = createFakeClock()): PriorityLevel =>
  new PriorityLevel('l', { seats: 2, lendable: 0, borrowable: 0, queuing, ...limits }, market, clock, 1000)

const isSeats = (result: unknown): result is Seats => typeof result === 'object' && result !== null && 'leave' in result

/** Enters and notes in `order` when it runs. */
const enter = (level: PriorityLevel, flow: string, order: string[], seats = 1): Promise<Seats> =>
  Promise.resolve(level.enter(flow, seats, never)).then(result => {
    if (!isSeats(result)) throw new Error(result.refused)
    order.push(flow)
    return result
  })

await t.test('runs up to its seats, then queues, and lets in as seats come free', async t => {
  const level = create()
  const order: string[] = []
  const first = await enter(level, 'a', order)
  await enter(level, 'a', order)
  const third = enter(level, 'a', order)
  t.equal(level.inUse, 2)
  t.equal(level.waiting, 1)
  first.leave()
  first.leave()
  await third
  t.equal(level.inUse, 2, 'leaving twice counts once')
  t.equal(level.waiting, 0)
})

await t.test('a flood of one flow does not keep another waiting', async t => {
  const level = create({ seats: 1, queuing: { queues: 64, handSize: 1, queueLength: 50 } })
  const order: string[] = []
  const running = await enter(level, 'first', order)
  // Each leaves as soon as it has had its turn.
  const all = [...Array<string>(40).fill('flood'), 'small', 'small'].map(flow => enter(level, flow, order).then(seats => seats.leave()))
  running.leave()
  await Promise.all(all)
  t.ok(order.indexOf('small') <= 3, `the small flow ran as number ${order.indexOf('small')}`)
  t.ok(order.lastIndexOf('small') <= 5)
  t.equal(level.inUse, 0)
})

await t.test('queues are bounded, waiting is limited, who goes away is forgotten', async t => {
  const clock = createFakeClock()
  const level = create({ seats: 1, queuing: { queues: 1, handSize: 1, queueLength: 2 } }, alone, clock)
  const order: string[] = []
  const running = await enter(level, 'a', order)
  const leaving = new AbortController()
  const cancelled = level.enter('a', 1, leaving.signal)
  const late = level.enter('a', 1, never)
  t.same(level.enter('a', 1, never), { refused: 'queue-full' })
  leaving.abort()
  t.same(await cancelled, { refused: 'cancelled' })
  clock.advance(1001)
  t.same(await late, { refused: 'time-out' })
  t.equal(level.waiting, 0)
  running.leave()
  t.equal(level.inUse, 0)
  const refusing = new PriorityLevel('r', { seats: 1, lendable: 0, borrowable: 0 }, alone, clock, 1000)
  t.ok(isSeats(refusing.enter('', 1, never)))
  t.same(refusing.enter('', 1, never), { refused: 'concurrency-limit' }, 'without queues')
})

await t.test('dear requests take several seats, and more than there are only alone', async t => {
  const level = create({ seats: 4 })
  const order: string[] = []
  const dear = await enter(level, 'dear', order, 10)
  t.equal(level.inUse, 4)
  const waits = enter(level, 'a', order)
  t.equal(level.waiting, 1)
  dear.leave()
  await waits
  t.equal(level.inUse, 1)
})

await t.test('levels lend what stands empty, and take it back', async t => {
  const clock = createFakeClock()
  const levels: PriorityLevel[] = []
  const market: SeatMarket = {
    idleBeside: asking =>
      Math.max(
        0,
        levels.filter(l => l !== asking).reduce((sum, l) => sum + l.idle - l.borrowed, -asking.borrowed),
      ),
    freed: level => levels.forEach(l => l !== level && l.dispatch()),
  }
  const busy = new PriorityLevel('busy', { seats: 2, lendable: 0, borrowable: 100, queuing }, market, clock, 1000)
  const quiet = new PriorityLevel('quiet', { seats: 4, lendable: 2, borrowable: 0, queuing }, market, clock, 1000)
  levels.push(busy, quiet)
  const order: string[] = []
  const held: Seats[] = []
  for (let i = 0; i < 4; i++) held.push(await enter(busy, 'b', order))
  t.equal(busy.inUse, 4, 'two of its own, two lent')
  const fifth: Admittance | Promise<Admittance> = busy.enter('b', 1, never)
  t.equal(busy.waiting, 1)
  const own = await Promise.all(Array.from({ length: 4 }, () => enter(quiet, 'q', order)))
  t.equal(quiet.inUse, 4, 'its own seats at once, though some are lent')
  held[0]!.leave()
  t.equal(busy.waiting, 1, 'what came back is not lent again while the owner uses it')
  for (const seats of own) seats.leave()
  t.ok(isSeats(await fifth))
  t.equal(busy.inUse, 4)
})
