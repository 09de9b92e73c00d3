import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { createMaintenance, type EtcdMembers, type MemberStatus } from '../../../store/etcd-maintenance.ts'

const mb = 2 ** 20

const create = (sizes: Record<string, MemberStatus>, alarm = false, freed = 0.6): { did: string[]; members: EtcdMembers; running: () => number } => {
  const did: string[] = []
  let running = 0
  let most = 0
  const statuses = new Map(Object.entries(sizes))
  return {
    did,
    running: () => most,
    members: {
      endpoints: Object.keys(sizes),
      status: async endpoint => statuses.get(endpoint)!,
      defragment: async endpoint => {
        most = Math.max(most, ++running)
        await new Promise(resolve => setImmediate(resolve))
        running--
        did.push(`defragment ${endpoint}`)
        const status = statuses.get(endpoint)!
        statuses.set(endpoint, { ...status, size: status.size * (1 - freed) })
      },
      hasSpaceAlarm: async () => alarm,
      disarmSpaceAlarm: async () => void did.push('disarm'),
      revision: async () => 7,
      compact: async revision => void did.push(`compact ${revision}`),
    },
  }
}
const log = createLogger('silent')

await t.test('only fragmented members, one at a time, the leader last', async t => {
  const { did, members, running } = create({
    leader: { isLeader: true, size: 500 * mb, inUse: 100 * mb },
    full: { isLeader: false, size: 500 * mb, inUse: 400 * mb },
    small: { isLeader: false, size: 100 * mb, inUse: 1 * mb },
    follower: { isLeader: false, size: 400 * mb, inUse: 100 * mb },
  })
  const maintenance = createMaintenance(members, log)
  await maintenance.tidy()
  t.same(did, ['defragment follower', 'defragment leader'])
  t.equal(running(), 1)
  t.equal(maintenance.databaseBytes, 500 * mb)
})

await t.test('no space: compacted, all defragmented, disarmed; one recovery for all who ask', async t => {
  const sizes = { a: { isLeader: true, size: 100 * mb, inUse: 90 * mb }, b: { isLeader: false, size: 100 * mb, inUse: 90 * mb } }
  const { did, members } = create(sizes, true)
  const maintenance = createMaintenance(members, log)
  t.same(await Promise.all([maintenance.recover(), maintenance.recover(), maintenance.tidy()]), [true, true, undefined])
  t.same(did, ['compact 7', 'defragment b', 'defragment a', 'disarm'])
})

await t.test('what gives nothing back does not disarm, so that deletes keep their room', async t => {
  const { did, members } = create({ a: { isLeader: true, size: 100 * mb, inUse: 100 * mb } }, true, 0.001)
  t.equal(await createMaintenance(members, log).recover(), false)
  t.notOk(did.includes('disarm'))
})

await t.test('without an alarm there is nothing to recover from', async t => {
  const { did, members } = create({ a: { isLeader: true, size: 100 * mb, inUse: 1 } })
  t.equal(await createMaintenance(members, log).recover(), true)
  t.same(did, [])
})
