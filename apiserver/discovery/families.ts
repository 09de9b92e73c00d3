// What /metrics shows of the server's parts: read when it is asked for.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Store } from '../../store/store.ts'
import type { AuditCounts } from '../audit/audit.ts'
import type { FlowUsage } from '../fairness/fairness.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { Family } from './metrics.ts'

export interface Observed {
  readonly store: Pick<Store, 'count' | 'databaseBytes'>
  readonly table: ResourceTable
  readonly fairness: { readonly usage: readonly FlowUsage[]; readonly dispatched: ReadonlyMap<string, number>; readonly rejected: ReadonlyMap<string, number> }
  readonly audit: { readonly counts: AuditCounts }
  readonly addresses: { readonly usage: { readonly ips: number; readonly ports: number } }
}

const nameOf = ({ group, plural }: { readonly group: string; readonly plural: string }): string => (group ? `${plural}.${group}` : plural)
const one = (name: string, value: number, type: Family['type'] = 'gauge'): Family => ({ name, type, samples: [[{}, value]] })

/** How often the event loop's delay is sampled: seldom enough to cost nothing at rest. */
const resolutionMs = 100

/** The result is called for each scrape; the delay of the event loop is that since the last one. */
export const createFamilies = ({ store, table, fairness, audit, addresses }: Observed): (() => readonly Family[]) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const startSeconds = performance.timeOrigin / 1000
  const byLevel = (name: string, value: (usage: FlowUsage) => number): Family => ({
    name,
    type: 'gauge',
    samples: fairness.usage.map(usage => [{ priority_level: usage.level }, value(usage)]),
  })
  const counted = (name: string, counters: ReadonlyMap<string, number>): Family => ({
    name,
    type: 'counter',
    samples: [...counters].map(([key, value]) => {
      const [flow_schema = '', priority_level = '', reason] = key.split('/')
      return [{ flow_schema, priority_level, ...(reason !== undefined && { reason }) }, value]
    }),
  })
  return () => {
    const stored = table.all().filter(served => served.record === served.storage)
    const { user, system } = process.cpuUsage()
    const families: Family[] = [
      {
        name: 'apiserver_storage_objects',
        type: 'gauge',
        samples: stored.map(served => [{ resource: nameOf(served.record) }, store.count(served.prefixOf(''))]),
      },
      {
        name: 'apiserver_resource_objects',
        type: 'gauge',
        samples: stored.map(served => [{ group: served.record.group, resource: served.record.plural }, store.count(served.prefixOf(''))]),
      },
      { name: 'apiserver_storage_size_bytes', type: 'gauge', samples: [[{ storage_cluster_id: 'etcd-0' }, store.databaseBytes]] },
      byLevel('apiserver_flowcontrol_nominal_limit_seats', usage => usage.seats),
      byLevel('apiserver_flowcontrol_current_executing_seats', usage => usage.executing),
      byLevel('apiserver_flowcontrol_current_inqueue_requests', usage => usage.waiting),
      counted('apiserver_flowcontrol_dispatched_requests_total', fairness.dispatched),
      counted('apiserver_flowcontrol_rejected_requests_total', fairness.rejected),
      one('apiserver_audit_event_total', audit.counts.events, 'counter'),
      { name: 'apiserver_audit_level_total', type: 'counter', samples: Object.entries(audit.counts.levels).map(([level, n]) => [{ level }, n]) },
      { name: 'apiserver_audit_error_total', type: 'counter', samples: [[{ plugin: 'log' }, audit.counts.dropped]] },
      one('wherry_service_ips_allocated', addresses.usage.ips),
      one('wherry_node_ports_allocated', addresses.usage.ports),
      one('wherry_event_loop_delay_max_seconds', Math.max(0, delay.max / 1e9 - resolutionMs / 1000)),
      one('process_resident_memory_bytes', process.memoryUsage.rss()),
      one('process_cpu_seconds_total', (user + system) / 1e6, 'counter'),
      one('process_start_time_seconds', startSeconds),
    ]
    delay.reset()
    return families
  }
}
