// Figures of the proxy, under upstream's names where it has them.
import type { Registry } from 'prom-client'
import { Counter, Histogram } from 'prom-client'

export interface ProxyMetrics {
  observeApplied(seconds: number, elements: number): void
}

export const createProxyMetrics = (registry: Registry): ProxyMetrics => {
  const latency = new Histogram({
    name: 'kubeproxy_sync_proxy_rules_duration_seconds',
    help: 'From the first event in a transaction until the kernel took it.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  })
  const elements = new Counter({ name: 'wherry_proxy_changed_elements_total', help: 'Elements of sets and maps added or removed.', registers: [registry] })
  return {
    observeApplied: (seconds, count) => {
      latency.observe(seconds)
      elements.inc(count)
    },
  }
}
