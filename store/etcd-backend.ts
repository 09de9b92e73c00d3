// The Backend on etcd: every write one transaction that compares the key's revision, every read linearizable.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Backend, BackendWatch, BackendWatchHandler, RawValue, Snapshot, WriteOptions, WriteResult } from './backend.ts'
import { EtcdConnection, type EtcdEndpoints } from './etcd-connection.ts'
import { isLeaseNotFound, toStoreError } from './etcd-errors.ts'
import { createHousekeeping, type Housekeeping } from './etcd-housekeeping.ts'
import { EtcdLeases } from './etcd-leases.ts'
import { createMaintenance, type Maintenance } from './etcd-maintenance.ts'
import { EtcdWatch } from './etcd-watch.ts'
import type { EtcdKeyValue, RequestOp, TxnResponse } from './etcd.types.ts'
import { StoreError } from './store.ts'

/** A page of the snapshot aims at so many bytes. */
const pageBytes = 4 * 2 ** 20
const firstPageKeys = 256
const maxPageKeys = 10_000
/** Pages may be large and etcd busy with others' snapshots. */
const pageDeadlineMs = 30_000

const toRawValue = (kv: EtcdKeyValue): RawValue => ({
  key: kv.key.toString(),
  value: kv.value,
  revision: kv.mod_revision,
  createRevision: kv.create_revision,
})

/** The answer that a write would have got which was done without saying so. Its createRevision is all that is asked of `previous`. */
const asWritten = (current: RawValue): WriteResult => ({ ok: true, revision: current.revision, previous: current })

/** A recovery from a full database that did not help is not tried again sooner. */
const recoverAtMostEveryMs = 10_000

/** The end of the range of keys that begin with `prefix`. */
const endOfPrefix = (prefix: Buffer): Buffer => {
  const end = Buffer.from(prefix)
  end[end.length - 1]!++
  return end
}

export class EtcdBackend implements Backend {
  readonly #connection: EtcdConnection
  readonly #leases: EtcdLeases
  readonly #housekeeping: Housekeeping
  readonly #maintenance: Maintenance
  #recoveredMs = -Infinity
  readonly #clock: Clock
  readonly #log: Logger
  #watch: EtcdWatch | undefined
  #stopped = false

  constructor(config: EtcdEndpoints, clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
    this.#connection = new EtcdConnection(config, clock, log)
    this.#connection.onOtherCluster = () => {
      this.#leases.forget()
      this.#watch?.lose('another etcd cluster answers')
    }
    this.#connection.onRenewed = () => this.#watch?.resume('etcd did not answer')
    this.#housekeeping = createHousekeeping(config, this.#connection)
    this.#maintenance = createMaintenance(this.#housekeeping, log)
    this.#leases = new EtcdLeases(async ttl => (await this.#connection.leaseGrant(ttl)).ID, clock)
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#stopped = true
    this.#watch?.cancel()
    this.#connection.close()
    return Promise.resolve()
  }

  async snapshot(prefix: string, onPage: (values: readonly RawValue[]) => Promise<void>, signal: AbortSignal, behind = 0): Promise<Snapshot> {
    const range_end = endOfPrefix(Buffer.from(prefix))
    let key = Buffer.from(prefix)
    let revision = behind > 0 ? await this.#pastRevision(behind, signal) : 0
    let limit = firstPageKeys
    let newest = 0
    for (;;) {
      const page = await this.#connection.range({ key, range_end, limit, revision }, { ...(newest > 0 && { timeoutMs: pageDeadlineMs }), signal })
      newest ||= page.header.revision
      revision ||= newest
      await onPage(page.kvs.map(toRawValue))
      if (!page.more) return { revision, newest }
      const bytes = page.kvs.reduce((sum, kv) => sum + kv.value.length, 0)
      limit = Math.max(16, Math.min(maxPageKeys, Math.floor(pageBytes / (bytes / page.kvs.length + 1))))
      key = Buffer.concat([page.kvs.at(-1)!.key, Buffer.from([0])])
    }
  }

  /** A revision that lies `behind` before the newest and is still there; 0, which stands for the newest, when it is not. */
  async #pastRevision(behind: number, signal: AbortSignal): Promise<number> {
    const revision = (await this.revision(signal)) - behind
    if (revision < 1) return 1
    try {
      await this.#connection.range({ key: Buffer.from([0]), count_only: true, revision }, { signal })
      return revision
    } catch (error) {
      if (error instanceof StoreError && error.code === 'Compacted') return 0
      throw error
    }
  }

  watch(after: number, handler: BackendWatchHandler): BackendWatch {
    this.#watch = new EtcdWatch(this.#connection, after, handler, this.#clock, this.#log)
    return this.#watch
  }

  async putIf(key: string, value: Buffer, expected: number, { ttlSeconds, wantPrevious = false }: WriteOptions = {}): Promise<WriteResult> {
    let maybeWritten = false
    for (let attempt = 1; ; attempt++) {
      try {
        // Refused as well when there is no space.
        const lease = ttlSeconds === undefined ? undefined : await this.#leases.get(ttlSeconds)
        const bytes = Buffer.from(key)
        // Without ignore_lease an update would take the object off its lease and make it eternal.
        const put = {
          key: bytes,
          value,
          prev_kv: wantPrevious,
          ...(lease === undefined ? expected > 0 && { ignore_lease: true } : { lease }),
        }
        const result = await this.#writeIf(bytes, expected, { request_put: put }, `write ${key}`)
        return maybeWritten && !result.ok && result.current?.value.equals(value) ? asWritten(result.current) : result
      } catch (error) {
        const failure = toStoreError(error, `write ${key}`, key)
        if (attempt > 1) throw failure
        if (isLeaseNotFound(failure.cause)) this.#leases.forget()
        else if (failure.code !== 'NoSpace' || !(await this.#makeSpace())) throw failure
        // etcd applies the write that crosses its quota, and answers all the same that there is no space (quotaApplierV3).
        maybeWritten = failure.code === 'NoSpace'
      }
    }
  }

  deleteIf(key: string, expected: number, { wantPrevious = false }: Pick<WriteOptions, 'wantPrevious'> = {}): Promise<WriteResult> {
    const bytes = Buffer.from(key)
    return this.#writeIf(bytes, expected, { request_delete_range: { key: bytes, prev_kv: wantPrevious } }, `delete ${key}`)
  }

  async revision(signal?: AbortSignal): Promise<number> {
    this.#assertRunning()
    // Linearizable, and the cheapest there is: a key that cannot exist.
    const { header } = await this.#connection.range({ key: Buffer.from([0]), count_only: true }, { signal })
    return header.revision
  }

  async putIfVersion(key: string, value: string, version: number): Promise<{ ok: boolean; version: number; revision: number }> {
    this.#assertRunning()
    try {
      return await this.#housekeeping.putIfVersion(key, value, version)
    } catch (error) {
      throw toStoreError(error, `write ${key}`, key)
    }
  }

  async compact(revision: number): Promise<void> {
    this.#assertRunning()
    try {
      await this.#housekeeping.compact(revision)
    } catch (error) {
      throw toStoreError(error, `compact at revision ${revision}`)
    }
  }

  get databaseBytes(): number {
    return this.#maintenance.databaseBytes
  }

  async tidy(): Promise<void> {
    this.#assertRunning()
    try {
      await this.#maintenance.tidy()
    } catch (error) {
      throw toStoreError(error, 'be tidied')
    }
  }

  /** Whether a write that found no space may be tried again. */
  async #makeSpace(): Promise<boolean> {
    if (this.#clock.now() - this.#recoveredMs < recoverAtMostEveryMs) return false
    try {
      const made = await this.#maintenance.recover()
      if (!made) this.#recoveredMs = this.#clock.now()
      return made
    } catch (error) {
      this.#recoveredMs = this.#clock.now()
      this.#log.warn({ err: error }, 'etcd could not be brought back to take writes')
      return false
    }
  }

  async health(signal: AbortSignal): Promise<void> {
    await this.revision(signal)
    const [alarm] = await this.#connection.alarms().catch((error: unknown) => {
      throw toStoreError(error, 'tell its alarms')
    })
    if (!alarm) return
    if (alarm.alarm === 'Nospace') throw new StoreError('NoSpace', 'etcd has no space left and refuses writes (alarm NOSPACE)')
    throw new StoreError('Corrupt', `etcd has raised the alarm ${alarm.alarm}`)
  }

  async #writeIf(key: Buffer, expected: number, success: RequestOp, doing: string): Promise<WriteResult> {
    this.#assertRunning()
    let response: TxnResponse
    try {
      response = await this.#connection.txn({
        compare: [{ key, result: 'Equal', target: 'Mod', mod_revision: expected }],
        success: [success],
        failure: [{ request_range: { key } }],
      })
    } catch (error) {
      throw toStoreError(error, doing, key.toString())
    }
    const [answer] = response.responses
    if (!response.succeeded) {
      const current = answer?.response_range?.kvs[0]
      return { ok: false, current: current && toRawValue(current) }
    }
    const previous = answer?.response_put?.prev_kv ?? answer?.response_delete_range?.prev_kvs[0]
    return { ok: true, revision: response.header.revision, ...(previous && { previous: toRawValue(previous) }) }
  }

  #assertRunning(): void {
    if (this.#stopped) throw new StoreError('Unavailable', 'the store has stopped')
  }
}
