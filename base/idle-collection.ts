// Gives memory back when a process comes to rest. V8 collects when it allocates; a process that falls silent after a burst would keep
// the burst's garbage for as long as it is silent.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from './clock.ts'

export interface HeapProbe {
  /** Share of the time since the last call in which the event loop was busy, 0 to 1. */
  busy(): number
  /** Bytes that the heap takes from the system. */
  heapBytes(): number
  /** Collects everything once; some tens of milliseconds. */
  collect(): void
}

const everyMs = 15_000
/** Above this something is going on that a pause would hold up. */
const restBusy = 0.03
/** Less than this is not worth a pause. */
const worthBytes = 6 * 1024 * 1024

/** Looks every 15 s; returns what ends it. */
export const collectWhenIdle = (probe: HeapProbe, clock: Clock): (() => void) => {
  let leastBytes = 0
  let cancel = (): void => undefined
  const look = (): void => {
    if (probe.busy() < restBusy && probe.heapBytes() - leastBytes >= worthBytes) {
      probe.collect()
      leastBytes = probe.heapBytes()
    }
    leastBytes = Math.min(leastBytes, probe.heapBytes())
    cancel = clock.after(everyMs, look)
  }
  probe.busy()
  cancel = clock.after(everyMs, look)
  return () => cancel()
}

/** This process's own heap. */
export const createHeapProbe = (): HeapProbe => {
  // Made when it is first wanted: a new context takes some ten milliseconds, which a process that starts does not have.
  let collect: (() => void) | undefined
  const exposeCollector = (): (() => void) => {
    setFlagsFromString('--expose-gc')
    const exposed = runInNewContext('gc') as () => void
    setFlagsFromString('--no-expose-gc')
    return exposed
  }
  let since = performance.eventLoopUtilization()
  return {
    busy: () => {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, since)
      since = now
      return utilization
    },
    heapBytes: () => process.memoryUsage().heapTotal,
    collect: () => (collect ??= exposeCollector())(),
  }
}
