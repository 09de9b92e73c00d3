// What the server counts of its requests, under upstream's names.
import type { RequestInfo } from '../request-info.ts'
import { type Counter, type Histogram, type Labels, printLabels, type Series } from './series.ts'

export interface Metrics {
  /** To be called when a request comes; what it answers, when the request has its answer. */
  begin(info: RequestInfo): (code: number) => void
  /** A watch or a stream goes on after its answer; what it answers is to be called when it ends. */
  beginLong(info: RequestInfo): () => void
  authenticated(isKnown: boolean): void
  authorized(isAllowed: boolean): void
  readonly render: () => string
}

/** What is read when it is asked for, and not counted here. */
export interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly (readonly [labels: Labels, value: number])[]
}

const durationBounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

interface Requests {
  readonly byCode: Map<number, Counter>
  readonly duration: Histogram | undefined
}

const aboutOf = ({ isResource, verb, group, version, plural, subresource, namespace, name }: RequestInfo): Labels => ({
  component: 'apiserver',
  verb: (isResource ? verb : 'other').toUpperCase(),
  ...(isResource
    ? { group, version, resource: plural, subresource, scope: name ? 'resource' : namespace ? 'namespace' : 'cluster' }
    : { group: '', version: '', resource: '', subresource: '', scope: '' }),
})

const keyOf = ({ isResource, verb, group, version, plural, subresource, namespace, name }: RequestInfo, dryRun: string): string =>
  isResource ? `${verb}/${group}/${version}/${plural}/${subresource}/${name ? 'r' : namespace ? 'n' : 'c'}/${dryRun}` : dryRun

/** Clients choose what paths say: beyond so many kinds of request no new one is counted by itself. */
const maxKinds = 2_000

export const createMetrics = (series: Series, collect: () => readonly Family[]): Metrics => {
  const requests = new Map<string, Requests>()
  const inFlight = { readOnly: 0, mutating: 0 }
  const long = new Map<string, { readonly labels: Labels; count: number }>()
  const attempts = (name: string, result: string): Counter => series.counter(name, { result })
  const authentication = { yes: attempts('authentication_attempts', 'success'), no: attempts('authentication_attempts', 'failure') }
  const authorization = { yes: attempts('authorization_attempts_total', 'allowed'), no: attempts('authorization_attempts_total', 'no-opinion') }

  const observe = (info: RequestInfo, code: number, ms: number): void => {
    const dryRun = info.query.size > 0 && info.query.get('dryRun') === 'All' ? 'All' : ''
    const key = keyOf(info, dryRun)
    let known = requests.get(key)
    if (!known) {
      if (requests.size >= maxKinds) return
      const duration =
        info.verb === 'watch' ? undefined : series.histogram('apiserver_request_duration_seconds', durationBounds, { ...aboutOf(info), dry_run: dryRun })
      requests.set(key, (known = { byCode: new Map(), duration }))
    }
    let counter = known.byCode.get(code)
    if (!counter) {
      counter = series.counter('apiserver_request_total', { code: String(code), ...aboutOf(info), dry_run: dryRun })
      known.byCode.set(code, counter)
    }
    counter.add()
    known.duration?.observe(ms / 1000)
  }

  const gauges = (): readonly Family[] => [
    {
      name: 'apiserver_current_inflight_requests',
      type: 'gauge',
      samples: Object.entries(inFlight).map(([request_kind, value]) => [{ request_kind }, value]),
    },
    { name: 'apiserver_longrunning_requests', type: 'gauge', samples: [...long.values()].map(({ labels, count }) => [labels, count]) },
    ...collect(),
  ]

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
    beginLong: info => {
      const key = keyOf(info, '')
      const known = long.get(key) ?? { labels: aboutOf(info), count: 0 }
      known.count++
      long.set(key, known)
      return () => {
        if (--known.count === 0) long.delete(key)
      }
    },
    authenticated: isKnown => authentication[isKnown ? 'yes' : 'no'].add(),
    authorized: isAllowed => authorization[isAllowed ? 'yes' : 'no'].add(),
    render: () => {
      const lines = series.lines()
      for (const { name, type, samples } of gauges()) {
        lines.push(`# TYPE ${name} ${type}`)
        for (const [labels, value] of samples) lines.push(Object.keys(labels).length ? `${name}{${printLabels(labels)}} ${value}` : `${name} ${value}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}
