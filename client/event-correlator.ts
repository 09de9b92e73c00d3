// Decides what becomes of an event, as client-go's correlator does: floods about one object are dropped (token bucket), events alike
// but for their message are folded into one after ten, repeated ones count up the stored Event. Pure but for its bounded memory.

export interface EventFacts {
  readonly source: string
  readonly object: { kind: string; namespace: string; name: string; uid: string; apiVersion: string; fieldPath: string }
  readonly type: string
  readonly reason: string
  readonly message: string
}
/** What was stored for a series: its name and how often it was seen. */
export interface Series {
  readonly name: string
  readonly firstMs: number
  count: number
  message: string
}
export type Verdict = { do: 'drop' } | { do: 'create'; message: string; remember: (name: string) => void } | { do: 'count'; message: string; series: Series }

const limits = { burst: 25, refillMs: 300_000, similar: 10, similarMs: 600_000, remembered: 4096 }

/** A map that forgets what was used longest ago. */
class Recent<V> {
  readonly #entries = new Map<string, V>()
  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }
  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > limits.remembered) for (const oldest of this.#entries.keys()) return void this.#entries.delete(oldest)
  }
}

export interface EventCorrelator {
  judge(facts: EventFacts, nowMs: number): Verdict
}

export const createEventCorrelator = (): EventCorrelator => {
  const buckets = new Recent<{ tokens: number; atMs: number }>()
  const groups = new Recent<{ messages: Set<string>; lastMs: number }>()
  const series = new Recent<Series>()

  const passes = (key: string, nowMs: number): boolean => {
    const bucket = buckets.get(key) ?? { tokens: limits.burst, atMs: nowMs }
    bucket.tokens = Math.min(limits.burst, bucket.tokens + (nowMs - bucket.atMs) / limits.refillMs)
    bucket.atMs = nowMs
    buckets.set(key, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  return {
    judge({ source, object, type, reason, message }, nowMs) {
      const about = [source, object.kind, object.namespace, object.name, object.uid, object.apiVersion]
      const groupKey = JSON.stringify([...about, object.fieldPath, type, reason])
      const known = groups.get(groupKey)
      const group = known && nowMs - known.lastMs <= limits.similarMs ? known : { messages: new Set<string>(), lastMs: nowMs }
      group.lastMs = nowMs
      if (group.messages.size < limits.similar) group.messages.add(message)
      groups.set(groupKey, group)
      const folded = group.messages.size >= limits.similar
      const seriesKey = folded ? groupKey : JSON.stringify([groupKey, message])
      const shown = folded ? `(combined from similar events): ${message}` : message
      if (!passes(JSON.stringify(about), nowMs)) return { do: 'drop' }
      const found = series.get(seriesKey)
      if (!found) return { do: 'create', message: shown, remember: name => series.set(seriesKey, { name, firstMs: nowMs, count: 1, message: shown }) }
      found.count++
      found.message = shown
      return { do: 'count', message: shown, series: found }
    },
  }
}
