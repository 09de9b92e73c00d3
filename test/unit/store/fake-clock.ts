// A clock that stands until it is moved. Timers that are due run in order, each at its time.
import type { Clock } from '../../../base/clock.ts'

export interface FakeClock extends Clock {
  /** Moves on, running what becomes due; lets promises settle after each. */
  advance(ms: number): Promise<void>
}

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

export const createFakeClock = (startMs = 1_000_000): FakeClock => {
  let now = startMs
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    advance: async ms => {
      const until = now + ms
      for (;;) {
        const [next] = [...timers].filter(x => x.at <= until).sort((a, b) => a.at - b.at)
        if (!next) break
        timers.delete(next)
        now = next.at
        next.run()
        await settle()
      }
      now = until
      await settle()
    },
  }
}
