// Counters of the server in Prometheus' text form, under upstream's names. Small enough to need no registry on the hot path.
import type { RequestInfo } from '../request-info.ts'

export interface Metrics {
  /** To be called when a request comes; what it answers, when the request has its answer. */
  begin(info: RequestInfo): (code: number) => void
  readonly render: () => string
}

/** What is read when it is asked for, and not counted here. */
export interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]
}

const bounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

interface Series {
  labels: string
  count: number
  sum: number
  buckets: number[]
}

const escape = (text: string): string => text.replace(/[\\"\n]/g, c => (c === '\n' ? '\\n' : `\\${c}`))
const labelsOf = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(',')

/** Names that clients choose must not become series without bound. */
const maxSeries = 5_000

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

export const createMetrics = (collect: () => readonly Family[]): Metrics => {
  const totals = new Map<string, { labels: string; count: number }>()
  const durations = new Map<string, Series>()
  const inFlight = { readOnly: 0, mutating: 0 }
  const observe = ({ isResource, verb, group, version, plural, subresource, namespace, name }: RequestInfo, code: number, ms: number): void => {
    const about = isResource
      ? { group, version, resource: plural, subresource, scope: name ? 'resource' : namespace ? 'namespace' : 'cluster' }
      : { group: '', version: '', resource: '', subresource: '', scope: '' }
    const shown = (isResource ? verb : 'other').toUpperCase()
    const key = `${shown}/${group}/${version}/${about.resource}/${subresource}/${about.scope}`
    const totalKey = `${key}/${code}`
    let total = totals.get(totalKey)
    if (!total) {
      if (totals.size >= maxSeries) return
      totals.set(totalKey, (total = { labels: labelsOf({ code: String(code), component: 'apiserver', verb: shown, ...about }), count: 0 }))
    }
    total.count++
    if (verb === 'watch') return
    let series = durations.get(key)
    if (!series)
      durations.set(key, (series = { labels: labelsOf({ component: 'apiserver', verb: shown, ...about }), count: 0, sum: 0, buckets: bounds.map(() => 0) }))
    series.count++
    series.sum += ms / 1000
    for (let i = bounds.length - 1; i >= 0 && ms / 1000 <= bounds[i]!; i--) series.buckets[i]!++
  }
  return {
    begin: info => {
      const since = performance.now()
      const kind = mutating.has(info.verb) ? 'mutating' : 'readOnly'
      inFlight[kind]++
      return code => {
        inFlight[kind]--
        observe(info, code, performance.now() - since)
      }
    },
    render: () => {
      const lines = ['# HELP apiserver_request_total Requests answered, by verb, resource and code.', '# TYPE apiserver_request_total counter']
      for (const { labels, count } of totals.values()) lines.push(`apiserver_request_total{${labels}} ${count}`)
      lines.push('# HELP apiserver_request_duration_seconds Time to answer, watches apart.', '# TYPE apiserver_request_duration_seconds histogram')
      for (const { labels, count, sum, buckets } of durations.values()) {
        buckets.forEach((n, i) => lines.push(`apiserver_request_duration_seconds_bucket{${labels},le="${bounds[i]}"} ${n}`))
        lines.push(
          `apiserver_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}`,
          `apiserver_request_duration_seconds_sum{${labels}} ${sum}`,
          `apiserver_request_duration_seconds_count{${labels}} ${count}`,
        )
      }
      const flight: Family = {
        name: 'apiserver_current_inflight_requests',
        type: 'gauge',
        samples: Object.entries(inFlight).map(([request_kind, value]) => [{ request_kind }, value]),
      }
      for (const { name, type, samples } of [flight, ...collect()]) {
        lines.push(`# TYPE ${name} ${type}`)
        for (const [labels, value] of samples) lines.push(Object.keys(labels).length ? `${name}{${labelsOf(labels)}} ${value}` : `${name} ${value}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}
