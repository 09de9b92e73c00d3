// Counters and histograms of the server, in Prometheus' text form. Whoever measures often holds on to its series: finding one costs more than adding
// to it.

export type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(n?: number): void
}
export interface Histogram {
  observe(value: number): void
}

export interface Series {
  /** The same for the same name and labels. */
  counter(name: string, labels?: Labels): Counter
  /** The bounds are those of the first call for a name. */
  histogram(name: string, bounds: readonly number[], labels?: Labels): Histogram
  /** As lines, each name under its type. */
  lines(): string[]
}

const escape = (text: string): string => text.replace(/[\\"\n]/g, c => (c === '\n' ? '\\n' : `\\${c}`))

export const printLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(',')

const withLabels = (name: string, labels: string): string => (labels ? `${name}{${labels}}` : name)

/** Names that clients choose must not become series without bound. */
const maxSeries = 5_000

class CounterSeries implements Counter {
  readonly #name: string
  #value = 0
  constructor(name: string) {
    this.#name = name
  }
  add(n = 1): void {
    this.#value += n
  }
  lines(): string[] {
    return [`${this.#name} ${this.#value}`]
  }
}

class HistogramSeries implements Histogram {
  readonly #name: string
  readonly #labels: string
  readonly #bounds: readonly number[]
  /** How many were at most the bound of that place; each counts in all that are wider. */
  readonly #buckets: number[]
  #count = 0
  #sum = 0
  constructor(name: string, labels: string, bounds: readonly number[]) {
    this.#name = name
    this.#labels = labels
    this.#bounds = bounds
    this.#buckets = bounds.map(() => 0)
  }
  observe(value: number): void {
    this.#count++
    this.#sum += value
    for (let i = this.#bounds.length - 1; i >= 0 && value <= this.#bounds[i]!; i--) this.#buckets[i]!++
  }
  lines(): string[] {
    const bucket = (le: string, n: number): string => `${this.#name}_bucket{${this.#labels ? `${this.#labels},` : ''}le="${le}"} ${n}`
    return [
      ...this.#buckets.map((n, i) => bucket(String(this.#bounds[i]), n)),
      bucket('+Inf', this.#count),
      `${withLabels(`${this.#name}_sum`, this.#labels)} ${this.#sum}`,
      `${withLabels(`${this.#name}_count`, this.#labels)} ${this.#count}`,
    ]
  }
}

interface Group {
  readonly type: 'counter' | 'histogram'
  readonly series: Map<string, CounterSeries | HistogramSeries>
}

export const createSeries = (): Series => {
  const groups = new Map<string, Group>()
  let size = 0
  const find = <T extends CounterSeries | HistogramSeries>(name: string, type: Group['type'], labels: Labels, make: (labels: string) => T): T => {
    let group = groups.get(name)
    if (!group) groups.set(name, (group = { type, series: new Map() }))
    const printed = printLabels(labels)
    const known = group.series.get(printed)
    if (known) return known as T
    const made = make(printed)
    // Beyond the bound it counts for nobody.
    if (size < maxSeries) {
      size++
      group.series.set(printed, made)
    }
    return made
  }
  return {
    counter: (name, labels = {}) => find(name, 'counter', labels, printed => new CounterSeries(withLabels(name, printed))),
    histogram: (name, bounds, labels = {}) => find(name, 'histogram', labels, printed => new HistogramSeries(name, printed, bounds)),
    lines: () => [...groups].flatMap(([name, { type, series }]) => [`# TYPE ${name} ${type}`, ...[...series.values()].flatMap(one => one.lines())]),
  }
}
