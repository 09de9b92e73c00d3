// A clock that stands still until it is advanced; timers run in order of their time.
import type { Clock } from '../../../base/clock.ts'

export interface FakeClock extends Clock {
  advance(ms: number): void
  /** Advances, letting promises settle between timers. */
  advanceAsync(ms: number): Promise<void>
}

export const createFakeClock = (startMs = 1_700_000_000_000): FakeClock => {
  let nowMs = startMs
  let serial = 0
  const timers = new Map<number, { atMs: number; run: () => void }>()
  const next = (untilMs: number): (() => void) | undefined => {
    let first: [number, { atMs: number; run: () => void }] | undefined
    for (const entry of timers) if (entry[1].atMs <= untilMs && (!first || entry[1].atMs < first[1].atMs)) first = entry
    if (!first) return undefined
    timers.delete(first[0])
    nowMs = Math.max(nowMs, first[1].atMs)
    return first[1].run
  }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
  }
  return {
    now: () => nowMs,
    after(ms, run) {
      const id = serial++
      timers.set(id, { atMs: nowMs + ms, run })
      return () => void timers.delete(id)
    },
    advance(ms) {
      const untilMs = nowMs + ms
      for (let run = next(untilMs); run; run = next(untilMs)) run()
      nowMs = untilMs
    },
    async advanceAsync(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (let run = next(untilMs); run; run = next(untilMs)) {
        run()
        await settle()
      }
      nowMs = untilMs
      await settle()
    },
  }
}
