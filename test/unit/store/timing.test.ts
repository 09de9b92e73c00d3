// What depends on time or on the order of answers: leases, compaction, shared reads, waiting for a revision.
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { createCompactor } from '../../../store/compactor.ts'
import { EtcdLeases } from '../../../store/etcd-leases.ts'
import { MemoryBackend } from '../../../store/memory-backend.ts'
import { RevisionGate, SharedRead } from '../../../store/revision-gate.ts'
import { createFakeClock } from './fake-clock.ts'

void t.test('objects of one minute share a lease, which never ends too early', async t => {
  const clock = createFakeClock()
  const granted: number[] = []
  const leases = new EtcdLeases(async ttl => String(granted.push(ttl)), clock)
  t.equal(await leases.get(3600), '1')
  t.strictSame(granted, [3660], 'granted a little longer, so that it can be shared')
  await clock.advance(59_000)
  t.equal(await leases.get(3600), '1')
  await clock.advance(2_000)
  t.equal(await leases.get(3600), '2', 'the first would end before its hour')
  t.equal(await leases.get(10), '3')
  t.equal(granted[2], 10, 'a short one is not stretched')
  for (let i = 0; i < 998; i++) await leases.get(3600)
  t.equal(await leases.get(3600), '2')
  t.equal(await leases.get(3600), '4', 'a thousand objects at most')
  leases.forget()
  t.equal(await leases.get(3600), '5')
})

void t.test('a lease that could not be granted is asked for again', async t => {
  let fail = true
  const leases = new EtcdLeases(async () => {
    if (fail) throw new Error('no')
    return 'x'
  }, createFakeClock())
  await t.rejects(leases.get(60))
  fail = false
  t.equal(await leases.get(60), 'x')
})

void t.test('of several servers one compacts in each interval, at what was newest an interval ago', async t => {
  const clock = createFakeClock()
  const backend = new MemoryBackend(clock)
  const compacted: number[] = []
  const watched = {
    putIfVersion: backend.putIfVersion.bind(backend),
    tidy: () => Promise.resolve(),
    compact: async (revision: number) => {
      compacted.push(revision)
    },
  }
  const servers = Array.from({ length: 3 }, () => createCompactor({ intervalMs: 300_000 }, { backend: watched, clock, log: createLogger('silent') }))
  for (const server of servers) server.start()
  const put = (n: number): void => {
    for (let i = 0; i < n; i++) backend.putForeign('/x', Buffer.from(String(i)))
  }
  put(10)
  await clock.advance(301_000)
  t.strictSame(compacted, [], 'the first interval only looks')
  const first = await backend.revision()
  put(10)
  await clock.advance(300_000)
  t.equal(compacted.length, 1)
  t.ok(compacted[0]! <= first && compacted[0]! > 10)
  await clock.advance(300_000 * 5)
  t.equal(compacted.length, 6)
  t.strictSame(
    [...compacted].sort((a, b) => a - b),
    compacted,
  )
  for (const server of servers) server.stop()
  await clock.advance(300_000 * 3)
  t.equal(compacted.length, 6)
})

void t.test('readers share the read that starts after they ask, never an older one', async t => {
  const reads: ((revision: number) => void)[] = []
  const shared = new SharedRead(() => new Promise(resolve => reads.push(resolve)))
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  const early = [shared.get(), shared.get()]
  await turn()
  t.equal(reads.length, 1)
  const late = shared.get()
  await turn()
  t.equal(reads.length, 2, 'who comes later gets a read of their own')
  reads[0]!(5)
  reads[1]!(6)
  t.strictSame(await Promise.all([...early, late]), [5, 5, 6])
  const many = []
  for (let i = 0; i < 10; i++) {
    many.push(shared.get())
    await turn()
  }
  t.equal(reads.length, 6, 'four are under way, the rest waits together')
  for (const resolve of reads.slice(2)) resolve(7)
  await turn()
  t.equal(reads.length, 7)
  reads[6]!(8)
  t.strictSame(await Promise.all(many), [7, 7, 7, 7, 8, 8, 8, 8, 8, 8])
})

void t.test('waiting for a revision ends with it, with the time, or with the signal', async t => {
  const clock = createFakeClock()
  const gate = new RevisionGate(clock)
  const late = (): Error => new Error('late')
  const waits = [gate.reach(0, 3000, late), gate.reach(5, 3000, late), gate.reach(9, 3000, late)]
  const outcome = Promise.allSettled(waits)
  gate.advance(4)
  await waits[0]
  gate.advance(6)
  await waits[1]
  await clock.advance(2999)
  await clock.advance(1)
  t.match((await outcome)[2], { status: 'rejected', reason: { message: 'late' } })
  const controller = new AbortController()
  const aborted = gate.reach(9, 3000, late, controller.signal)
  controller.abort(new Error('gone'))
  await t.rejects(aborted, { message: 'gone' })
  await t.rejects(gate.reach(9, 3000, late, controller.signal), { message: 'gone' })
  const last = gate.reach(9, 3000, late)
  gate.end(new Error('stopped'))
  await t.rejects(last, { message: 'stopped' })
  t.equal(gate.revision, -1)
})
