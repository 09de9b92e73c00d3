// Work that is done again and again, with a rest between.
import type { Clock } from './clock.ts'

/**
 * Does `work` for the first time after `ms`, then each time `ms` after it ended, however that was; errors go to `failed`. Returns its end, which is
 * idempotent and does not interrupt what is being done.
 */
export const repeat = (clock: Clock, ms: number, work: () => Promise<void>, failed: (error: unknown) => void): (() => void) => {
  let ended = false
  let cancel: () => void = () => undefined
  const later = (): void => {
    cancel = clock.after(ms, () => {
      void work()
        .catch(failed)
        .finally(() => {
          if (!ended) later()
        })
    })
  }
  later()
  return () => {
    ended = true
    cancel()
  }
}
