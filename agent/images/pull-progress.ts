// How far a pull is, from what the runtime was seen to receive: pure. What is no longer being received has arrived.
import type { Ingest } from '../cri/content.ts'

export interface PullTally {
  add(ingests: readonly Ingest[]): void
  /** `12.3 of 45.6 MB`; undefined while nothing has come. */
  text(): string | undefined
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

export const createPullTally = (): PullTally => {
  const seen = new Map<string, { received: number; total: number }>()
  return {
    add(ingests) {
      for (const entry of seen.values()) entry.received = entry.total
      for (const { ref, receivedBytes, totalBytes } of ingests) seen.set(ref, { received: receivedBytes, total: Math.max(totalBytes, receivedBytes) })
    },
    text() {
      let [received, total] = [0, 0]
      for (const entry of seen.values()) {
        received += entry.received
        total += entry.total
      }
      return received ? `${megabytes(received)} of ${megabytes(total)} MB` : undefined
    },
  }
}
