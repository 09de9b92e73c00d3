// Long loops that give way: no stretch of the event loop is longer than a few milliseconds, however many values there are.
import { setImmediate as turn } from 'node:timers/promises'

/** Longest stretch before other work gets its turn. */
const sliceMs = 5

/** Calls `take` for each value, in order. Others see what was taken so far. */
export const inSlices = async <T>(values: Iterable<T>, take: (value: T) => void): Promise<void> => {
  let sliceEnd = performance.now() + sliceMs
  for (const value of values) {
    take(value)
    if (performance.now() < sliceEnd) continue
    await turn()
    sliceEnd = performance.now() + sliceMs
  }
}
