// What maintenance asks of etcd's members, each over a connection of its own that lasts as long as the question: they are asked seldom.
import { Etcd3, type IOptions } from 'etcd3'
import type { EtcdMembers, MemberStatus } from './etcd-maintenance.ts'

/** A member of several gigabytes is defragmented in some ten seconds. */
const defragmentMs = 120_000
const askMs = 5_000

export const createEtcdMembers = (etcd: Etcd3, endpoints: readonly string[], options: Omit<IOptions, 'hosts' | 'defaultCallOptions'>): EtcdMembers => {
  const at = async <T>(endpoint: string, ms: number, ask: (member: Etcd3) => Promise<T>): Promise<T> => {
    const member = new Etcd3({ ...options, hosts: endpoint, defaultCallOptions: () => ({ deadline: Date.now() + ms }) })
    try {
      return await ask(member)
    } finally {
      member.close()
    }
  }
  return {
    endpoints,
    status: endpoint =>
      at(endpoint, askMs, async (member): Promise<MemberStatus> => {
        const { header, leader, dbSize, dbSizeInUse } = await member.maintenance.status()
        return { isLeader: header.member_id === leader, size: Number(dbSize), inUse: Number(dbSizeInUse) }
      }),
    defragment: endpoint =>
      at(endpoint, defragmentMs, async member => {
        await member.maintenance.defragment()
      }),
    hasSpaceAlarm: async () => (await etcd.maintenance.alarm({ action: 'Get' })).alarms.some(a => a.alarm === 'Nospace'),
    disarmSpaceAlarm: async () => {
      for (const { memberID, alarm } of (await etcd.maintenance.alarm({ action: 'Get' })).alarms)
        if (alarm === 'Nospace') await etcd.maintenance.alarm({ action: 'Deactivate', memberID, alarm })
    },
    revision: async () => Number((await etcd.get('\0').exec()).header.revision),
    compact: async revision => {
      await etcd.kv.compact({ revision: String(revision), physical: true })
    },
  }
}
