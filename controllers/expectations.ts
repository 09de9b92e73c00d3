// What a controller has done that its informer does not show yet. Until it does, the controller must not count its objects: it would
// create or delete a second time. Forgotten after five minutes, so that one lost event cannot stop a controller for ever.
import type { Clock } from '../base/clock.ts'

export interface Expectations {
  /** Call before creating `count` objects. Earlier expectations of the key are replaced. */
  expectCreations(key: string, count: number): void
  /** Call before deleting; objects by uid, as one deletion shows several times. */
  expectDeletions(key: string, uids: readonly string[]): void
  /** One creation was seen, or failed. */
  created(key: string): void
  /** This deletion was seen, or failed. */
  deleted(key: string, uid: string): void
  satisfied(key: string): boolean
  forget(key: string): void
}

const maxAgeMs = 5 * 60_000

export const createExpectations = (clock: Clock): Expectations => {
  const expected = new Map<string, { creations: number; deletions: Set<string>; sinceMs: number }>()
  return {
    expectCreations: (key, count) => void expected.set(key, { creations: count, deletions: new Set(), sinceMs: clock.now() }),
    expectDeletions: (key, uids) => void expected.set(key, { creations: 0, deletions: new Set(uids), sinceMs: clock.now() }),
    created(key) {
      const e = expected.get(key)
      if (e) e.creations--
    },
    deleted: (key, uid) => void expected.get(key)?.deletions.delete(uid),
    satisfied(key) {
      const e = expected.get(key)
      return !e || (e.creations <= 0 && e.deletions.size === 0) || clock.now() - e.sinceMs > maxAgeMs
    },
    forget: key => void expected.delete(key),
  }
}
