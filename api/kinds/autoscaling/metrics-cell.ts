// What `kubectl get hpa` shows under Targets: current/wanted of the first two metrics.
import { canonicalQuantity } from '../../quantity.ts'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../types/autoscaling-v2.ts'
import { type Loose, loose } from '../../validation/loose.ts'

const unknown = '<unknown>'
const shown = 2

interface Figures {
  value?: string | undefined
  averageValue?: string | undefined
  averageUtilization?: number | undefined
}
const figuresOf = (metric: Loose<MetricSpec>, current: Loose<MetricStatus> | undefined): { want: Figures; have: Figures; label: string } => {
  const want = metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external
  const have = current?.resource ?? current?.containerResource ?? current?.pods ?? current?.object ?? current?.external
  const named = metric.resource ?? metric.containerResource
  return { want: want?.target ?? {}, have: have?.current ?? {}, label: named ? `${named.name ?? ''}: ` : '' }
}

const cellOf = (metric: Loose<MetricSpec>, current: Loose<MetricStatus> | undefined): string => {
  const { want, have, label } = figuresOf(metric, current)
  const usage = metric.resource ?? metric.containerResource
  if (want.averageValue !== undefined)
    return `${label}${have.averageValue === undefined ? unknown : canonicalQuantity(have.averageValue)}/${canonicalQuantity(want.averageValue)}${(metric.object ?? metric.external) ? ' (avg)' : ''}`
  if (usage)
    return `${label}${have.averageUtilization === undefined ? unknown : `${have.averageUtilization}%`}/${want.averageUtilization === undefined ? '<auto>' : `${want.averageUtilization}%`}`
  return `${have.value === undefined ? unknown : canonicalQuantity(have.value)}/${want.value === undefined ? '<auto>' : canonicalQuantity(want.value)}`
}

export const metricsCell = (autoscaler: HorizontalPodAutoscaler): string => {
  const { spec, status } = loose(autoscaler)
  const metrics = spec?.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const cells = metrics.map((metric, i) => cellOf(metric, status?.currentMetrics?.[i]))
  return cells.length > shown ? `${cells.slice(0, shown).join(', ')} + ${cells.length - shown} more...` : cells.join(', ')
}
