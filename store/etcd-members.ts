// What maintenance asks of etcd's members, each over a connection of its own that lasts as long as the question: they are asked seldom.
import type { EtcdConnection } from './etcd-connection.ts'
import type { EtcdMembers, MemberStatus } from './etcd-maintenance.ts'

/** `whole` speaks to the cluster, what `connect` makes to one member. */
export const createEtcdMembers = (whole: EtcdConnection, endpoints: readonly string[], connect: (endpoint: string) => EtcdConnection): EtcdMembers => {
  const at = async <T>(endpoint: string, ask: (member: EtcdConnection) => Promise<T>): Promise<T> => {
    const member = connect(endpoint)
    try {
      return await ask(member)
    } finally {
      member.close()
    }
  }
  return {
    endpoints,
    status: endpoint =>
      at(endpoint, async (member): Promise<MemberStatus> => {
        const { header, leader, dbSize, dbSizeInUse } = await member.status()
        return { isLeader: header.member_id === leader, size: dbSize, inUse: dbSizeInUse }
      }),
    defragment: endpoint =>
      at(endpoint, async member => {
        await member.defragment()
      }),
    hasSpaceAlarm: async () => (await whole.alarm({ action: 'Get' })).alarms.some(a => a.alarm === 'Nospace'),
    disarmSpaceAlarm: async () => {
      for (const { memberID, alarm } of (await whole.alarm({ action: 'Get' })).alarms)
        if (alarm === 'Nospace') await whole.alarm({ action: 'Deactivate', memberID, alarm })
    },
    revision: async () => (await whole.range({ key: Buffer.from([0]), count_only: true })).header.revision,
    compact: async revision => {
      await whole.compact({ revision, physical: true })
    },
  }
}
