// What is asked of etcd seldom, through etcd3: the compactor's turn and its compaction, and of each member its size, defragmentation, alarms.
// The package is loaded with the first question, minutes after the start, which does not wait for it (docs/adr/0006).
import { isIP } from 'node:net'
import type { Etcd3, IOptions } from 'etcd3'
import type { EtcdConnection, EtcdEndpoints } from './etcd-connection.ts'
import type { EtcdMembers, MemberStatus } from './etcd-maintenance.ts'

/** A member of several gigabytes is defragmented in some ten seconds. */
const defragmentMs = 120_000
const askMs = 10_000

const hostOf = (endpoint: string): string =>
  endpoint
    .replace(/^https?:\/\/|\/$/g, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')

/**
 * Node refuses an IP address as the name in a TLS handshake, and grpc-js sends the host as it is: an etcd addressed by IP is called localhost
 * there, which etcd's own certificates have.
 */
const toOptions = ({ endpoints, tls }: EtcdEndpoints): Omit<IOptions, 'hosts' | 'defaultCallOptions'> => ({
  grpcOptions: { 'grpc.enable_http_proxy': 0, ...(tls && endpoints.some(e => isIP(hostOf(e)) !== 0) && { 'grpc.ssl_target_name_override': 'localhost' }) },
  ...(tls && { credentials: { rootCertificate: tls.ca, privateKey: tls.key, certChain: tls.cert } }),
})

export interface Housekeeping extends EtcdMembers {
  /** Puts when the key was written `version` times since it was created; answers how often it was now, and the newest revision. */
  putIfVersion(key: string, value: string, version: number): Promise<{ ok: boolean; version: number; revision: number }>
}

/** Each question has a client of its own, which lasts as long as the question. `hot` is the connection that is there anyway. */
export const createHousekeeping = (config: EtcdEndpoints, hot: EtcdConnection): Housekeeping => {
  const options = toOptions(config)
  const ask = async <T>(hosts: string | string[], timeoutMs: number, question: (etcd: Etcd3) => Promise<T>): Promise<T> => {
    const { Etcd3 } = await import('etcd3')
    const etcd = new Etcd3({ ...options, hosts, defaultCallOptions: () => ({ deadline: Date.now() + timeoutMs }) })
    try {
      return await question(etcd)
    } finally {
      etcd.close()
    }
  }
  const all = [...config.endpoints]
  return {
    endpoints: config.endpoints,
    status: endpoint =>
      ask(endpoint, askMs, async (member): Promise<MemberStatus> => {
        const { header, leader, dbSize, dbSizeInUse } = await member.maintenance.status()
        return { isLeader: header.member_id === leader, size: Number(dbSize), inUse: Number(dbSizeInUse) }
      }),
    defragment: endpoint =>
      ask(endpoint, defragmentMs, async member => {
        await member.maintenance.defragment()
      }),
    hasSpaceAlarm: async () => (await hot.alarms()).some(a => a.alarm === 'Nospace'),
    disarmSpaceAlarm: async () => {
      const alarms = (await hot.alarms()).filter(a => a.alarm === 'Nospace')
      await ask(all, askMs, async etcd => {
        for (const alarm of alarms) await etcd.maintenance.alarm({ ...alarm, action: 'Deactivate' })
      })
    },
    revision: async () => (await hot.range({ key: Buffer.from([0]), count_only: true })).header.revision,
    compact: (revision, { physical = false } = {}) =>
      ask(all, askMs, async etcd => {
        await etcd.kv.compact({ revision: String(revision), physical })
      }),
    putIfVersion: (key, value, version) =>
      ask(all, askMs, async etcd => {
        const { header, succeeded, responses } = await etcd.if(key, 'Version', '==', version).then(etcd.put(key).value(value)).else(etcd.get(key)).commit()
        const found = succeeded ? version + 1 : Number(responses[0]?.response_range.kvs[0]?.version ?? 0)
        return { ok: succeeded, version: found, revision: Number(header.revision) }
      }),
  }
}
