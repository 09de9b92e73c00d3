// The two forms of a HorizontalPodAutoscaler: v1 has a field for one CPU target, and annotations for everything else that v2 has fields for.
import type { KubeObject } from '../../object.ts'

type Map = Record<string, unknown>

const annotation = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  current: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
} as const

const asMap = (value: unknown): Map => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Map) : {})
const asList = (value: unknown): Map[] => (Array.isArray(value) ? value.map(asMap) : [])
const defined = (map: Map): Map => Object.fromEntries(Object.entries(map).filter(([, v]) => v !== undefined))

const isCpu = (m: Map): boolean => m['type'] === 'Resource' && asMap(m['resource'])['name'] === 'cpu'
const isCpuTarget = (m: Map): boolean => isCpu(m) && asMap(asMap(m['resource'])['target'])['averageUtilization'] !== undefined

/** v2's {type, KIND: {…, target: {type, value}}} → v1's flat names, and back. */
const metricToV1 = (m: Map): Map => {
  const out: Map = { type: m['type'] }
  for (const kind of ['resource', 'containerResource', 'pods', 'object', 'external']) {
    if (!m[kind]) continue
    const { target, metric, describedObject, ...rest } = asMap(m[kind])
    const t = asMap(target)
    const flat: Map = { ...rest }
    if (metric)
      Object.assign(flat, kind === 'external' ? { metricSelector: asMap(metric)['selector'] } : { selector: asMap(metric)['selector'] }, {
        metricName: asMap(metric)['name'],
      })
    if (kind === 'object') Object.assign(flat, { target: describedObject, targetValue: t['value'], averageValue: t['averageValue'] })
    else if (kind === 'external') Object.assign(flat, { targetValue: t['value'], targetAverageValue: t['averageValue'] })
    else Object.assign(flat, { targetAverageUtilization: t['averageUtilization'], targetAverageValue: t['averageValue'] })
    out[kind] = defined(flat)
  }
  return out
}
const targetOf = (value: unknown, averageValue: unknown, averageUtilization: unknown): Map =>
  defined({
    type: averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value',
    value,
    averageValue,
    averageUtilization,
  })
const metricToV2 = (m: Map): Map => {
  const out: Map = { type: m['type'] }
  for (const kind of ['resource', 'containerResource', 'pods', 'object', 'external']) {
    if (!m[kind]) continue
    const f = asMap(m[kind])
    const metric = f['metricName'] === undefined ? undefined : defined({ name: f['metricName'], selector: f['selector'] ?? f['metricSelector'] })
    if (kind === 'object') out[kind] = defined({ describedObject: f['target'], metric, target: targetOf(f['targetValue'], f['averageValue'], undefined) })
    else if (kind === 'external' || kind === 'pods') out[kind] = defined({ metric, target: targetOf(f['targetValue'], f['targetAverageValue'], undefined) })
    else
      out[kind] = defined({ name: f['name'], container: f['container'], target: targetOf(undefined, f['targetAverageValue'], f['targetAverageUtilization']) })
  }
  return out
}

const kindOf = (m: Map): string => ['resource', 'containerResource', 'pods', 'object', 'external'].find(kind => m[kind]) ?? ''

/** Of a metric's current value. Amounts that are no pointers upstream have a zero. */
const currentToV1 = (m: Map): Map => {
  const kind = kindOf(m)
  const { name, container, metric, describedObject, current } = asMap(m[kind])
  const { name: metricName, selector } = asMap(metric)
  const { value: currentValue = '0', averageValue, averageUtilization } = asMap(current)
  const forms: Record<string, Map> = {
    resource: { name, currentAverageUtilization: averageUtilization, currentAverageValue: averageValue ?? '0' },
    containerResource: { name, currentAverageUtilization: averageUtilization, currentAverageValue: averageValue ?? '0', container },
    pods: { metricName, currentAverageValue: averageValue ?? '0', selector },
    object: { target: describedObject, metricName, currentValue, selector, averageValue },
    external: { metricName, metricSelector: selector, currentValue, currentAverageValue: averageValue },
  }
  return { type: m['type'], ...(forms[kind] && { [kind]: defined(forms[kind]) }) }
}
const currentToV2 = (m: Map): Map => {
  const kind = kindOf(m)
  const f = asMap(m[kind])
  const metric = defined({ name: f['metricName'], selector: f['selector'] ?? f['metricSelector'] })
  const current = defined({
    value: f['currentValue'],
    averageValue: f['currentAverageValue'] ?? f['averageValue'],
    averageUtilization: f['currentAverageUtilization'],
  })
  const rest = { name: f['name'], container: f['container'], describedObject: f['target'] }
  return { type: m['type'], ...(kind && { [kind]: defined({ ...rest, ...(Object.keys(metric).length && { metric }), current }) }) }
}

const parse = (text: unknown): Map | Map[] | undefined => {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as Map | Map[]) : undefined
  } catch {
    return undefined
  }
}

export const toV1 = (object: KubeObject): KubeObject => {
  const { spec: specValue, status: statusValue, metadata } = object as KubeObject & Map
  const { metrics, behavior, ...spec } = asMap(specValue)
  const { currentMetrics, conditions, ...status } = asMap(statusValue)
  const all = asList(metrics)
  const cpu = all.find(isCpuTarget)
  const others = all.filter(m => m !== cpu)
  const annotations: Map = { ...(metadata.annotations ?? {}) }
  if (others.length) annotations[annotation.metrics] = JSON.stringify(others.map(metricToV1))
  if (behavior) annotations[annotation.behavior] = JSON.stringify(behavior)
  if (asList(conditions).length) annotations[annotation.conditions] = JSON.stringify(conditions)
  const now = asList(currentMetrics)
  if (now.length) annotations[annotation.current] = JSON.stringify(now.map(currentToV1))
  const currentCpu = asMap(asMap(asMap(now.find(isCpu))['resource'])['current'])['averageUtilization']
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: { ...metadata, ...(Object.keys(annotations).length && { annotations: annotations as Record<string, string> }) },
    spec: defined({ ...spec, targetCPUUtilizationPercentage: cpu && asMap(asMap(cpu['resource'])['target'])['averageUtilization'] }),
    status: defined({
      ...status,
      currentCPUUtilizationPercentage: currentCpu,
      currentReplicas: status['currentReplicas'] ?? 0,
      desiredReplicas: status['desiredReplicas'] ?? 0,
    }),
  } as unknown as KubeObject
}

export const toV2 = (object: KubeObject): KubeObject => {
  const { spec: specValue, status: statusValue, metadata } = object as KubeObject & Map
  const { targetCPUUtilizationPercentage: cpu, ...spec } = asMap(specValue)
  const { currentCPUUtilizationPercentage: currentCpu, ...status } = asMap(statusValue)
  const annotations: Record<string, string> = { ...(metadata.annotations ?? {}) }
  const metrics = asList(parse(annotations[annotation.metrics])).map(metricToV2)
  const behavior = parse(annotations[annotation.behavior])
  const conditions = parse(annotations[annotation.conditions])
  const all = asList(parse(annotations[annotation.current])).map(currentToV2)
  const onlyCpu = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentCpu } } }]
  const currentMetrics = all.length ? all : currentCpu === undefined ? undefined : onlyCpu
  for (const key of Object.values(annotation)) delete annotations[key]
  if (cpu !== undefined) metrics.push({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } })
  const { annotations: _annotations, ...meta } = metadata
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...meta, ...(Object.keys(annotations).length && { annotations }) },
    spec: defined({ ...spec, ...(metrics.length && { metrics }), behavior }),
    ...(statusValue !== undefined && { status: defined({ ...status, currentMetrics, conditions }) }),
  } as unknown as KubeObject
}
