// Makes the database forget old revisions, one API server at a time: whoever wins the compare-and-set of an interval compacts at the
// revision that was newest an interval ago, and tidies up afterwards. The same key and procedure as upstream's, so that both may serve one etcd.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { repeat } from '../base/repeat.ts'
import type { Backend } from './backend.ts'

export interface Compactor {
  start(): void
  /** Idempotent. */
  stop(): void
}

const compactRevisionKey = 'compact_rev_key'

export interface CompactorConfig {
  readonly intervalMs: number
}

export const defaultCompactorConfig: CompactorConfig = { intervalMs: 5 * 60_000 }

export const createCompactor = (
  { intervalMs }: CompactorConfig,
  { backend, clock, log }: { backend: Pick<Backend, 'putIfVersion' | 'compact' | 'tidy'>; clock: Clock; log: Logger },
): Compactor => {
  let cancel: (() => void) | undefined
  let stopped = false
  // The key's version counts the intervals; `newest` was the newest revision one interval ago.
  let version = 0
  let newest = 0
  const tick = async (): Promise<void> => {
    const result = await backend.putIfVersion(compactRevisionKey, String(newest), version)
    version = result.version
    const old = newest
    newest = result.revision
    if (!result.ok || old === 0) return
    await backend.compact(old)
    log.debug({ revision: old }, 'etcd is compacted')
    await backend.tidy()
  }
  return {
    start: () => {
      if (!stopped) cancel = repeat(clock, intervalMs, tick, err => log.warn({ err }, 'etcd could not be compacted; trying again after the interval'))
    },
    stop: () => {
      stopped = true
      cancel?.()
    },
  }
}
