// Exponential back-off as arithmetic; who waits is the caller's business.

export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
  readonly factor?: number
  /** Share of the delay that is drawn at random, 0 to 1. */
  readonly jitter?: number
}

/** Delay before try number `attempt` (0 = the first retry). */
export const backoffDelayMs = ({ baseMs, maxMs, factor = 2, jitter = 0 }: Backoff, attempt: number, random: () => number = Math.random): number => {
  const delay = Math.min(maxMs, baseMs * factor ** attempt)
  return delay * (1 - jitter + jitter * random())
}
