// Keeps etcd's file small and writable: gives free pages back to the file system when there are many, one member at a time and the leader
// last, and recovers from the NOSPACE alarm (compact, defragment, disarm). Everything in here may be repeated, and may run on two servers.
import type { Logger } from '../base/log.ts'

export interface MemberStatus {
  readonly isLeader: boolean
  /** Bytes of the file, and of what is in it. */
  readonly size: number
  readonly inUse: number
}

/** What is asked of etcd; a member is an endpoint. */
export interface EtcdMembers {
  readonly endpoints: readonly string[]
  status(endpoint: string): Promise<MemberStatus>
  /** Blocks that member while it runs. */
  defragment(endpoint: string): Promise<void>
  hasSpaceAlarm(): Promise<boolean>
  disarmSpaceAlarm(): Promise<void>
  revision(): Promise<number>
  /** `physical`: answers once the space is free. */
  compact(revision: number, options?: { physical?: boolean }): Promise<void>
}

/** A member is fragmented when so much of its file is free, and that is so many bytes. */
const fragmentedShare = 0.5
const fragmentedBytes = 128 * 2 ** 20

const isFragmented = ({ size, inUse }: MemberStatus): boolean => size - inUse > fragmentedBytes && size - inUse > size * fragmentedShare

/** A recovery that gave back less of the file than this has not helped: the alarm stays, so that what is left serves deletes. */
const helpfulShare = 0.02

export interface Maintenance {
  /** To be called after a compaction. */
  tidy(): Promise<void>
  /** To be called when a write finds no space; answers whether there is space again. Calls while one is under way join it. */
  recover(): Promise<boolean>
  /** Bytes of the largest member's file, as last seen. */
  readonly databaseBytes: number
}

export const createMaintenance = (members: EtcdMembers, log: Logger): Maintenance => {
  let databaseBytes = 0
  let recovery: Promise<boolean> | undefined

  /** Members that `wanted` names, followers first, each looked at again when its turn comes. Answers the share given back. */
  const defragmentAll = async (wanted: (status: MemberStatus) => boolean): Promise<number> => {
    const seen = await Promise.all(members.endpoints.map(async endpoint => ({ endpoint, status: await members.status(endpoint) })))
    databaseBytes = Math.max(...seen.map(({ status }) => status.size))
    let best = 0
    for (const { endpoint } of seen.toSorted((a, b) => Number(a.status.isLeader) - Number(b.status.isLeader))) {
      const before = await members.status(endpoint)
      if (!wanted(before)) continue
      await members.defragment(endpoint)
      const after = await members.status(endpoint)
      best = Math.max(best, 1 - after.size / Math.max(1, before.size))
      log.info({ endpoint, before: before.size, after: after.size }, 'etcd is defragmented')
    }
    return best
  }

  const recoverOnce = async (): Promise<boolean> => {
    if (!(await members.hasSpaceAlarm())) return true
    log.error({}, 'etcd has no space left: it is compacted and defragmented')
    await members.compact(await members.revision(), { physical: true }).catch((error: unknown) => log.warn({ err: error }, 'etcd could not be compacted'))
    const given = await defragmentAll(() => true)
    if (given < helpfulShare) {
      log.error({ databaseBytes }, 'etcd has no space left, and nothing can be given back: delete objects, or raise its quota')
      return false
    }
    await members.disarmSpaceAlarm()
    log.info({ given }, 'etcd takes writes again')
    return true
  }

  return {
    tidy: async () => {
      if (await members.hasSpaceAlarm()) await (recovery ??= recoverOnce().finally(() => (recovery = undefined)))
      else await defragmentAll(isFragmented)
    },
    recover: () => (recovery ??= recoverOnce().finally(() => (recovery = undefined))),
    get databaseBytes() {
      return databaseBytes
    },
  }
}
