// What a HorizontalPodAutoscaler may say, in its v2 form; v1 is judged as what it becomes.
import { forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import { quantitySign } from '../quantity.ts'
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  ObjectMetricSource,
} from '../types/autoscaling-v2.ts'
import { addInvalid, addRequiredName, addSupported, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { isPathSegmentName } from './names.ts'
import { validateContainerResourceName } from './pod/resources.ts'
import { addCounts } from './workload.ts'

export const validateReference = (errors: Errors, path: string, reference: Loose<CrossVersionObjectReference>): void => {
  addRequiredName(errors, `${path}.kind`, reference.kind, isPathSegmentName)
  addRequiredName(errors, `${path}.name`, reference.name, isPathSegmentName)
}

/** What is scaled must name its group; only replication controllers have none. */
export const validateTargetVersion = (errors: Errors, path: string, reference: Loose<CrossVersionObjectReference>): void => {
  const version = reference.apiVersion ?? ''
  const parts = version.split('/')
  if (parts.length > 2) errors.push(invalidValue(path, version, 'must be group/version'))
  else if ((parts.length < 2 || parts[0] === '') && !(reference.kind === 'ReplicationController' && version === 'v1'))
    errors.push(invalidValue(path, version, 'must name an API group'))
}

/** Its selector is the metrics adapter's to read: upstream does not judge it. */
const validateIdentifier = (errors: Errors, path: string, metric: Loose<MetricIdentifier>): void => {
  addRequiredName(errors, `${path}.name`, metric.name, isPathSegmentName)
}

const validateTarget = (errors: Errors, path: string, target: Loose<MetricTarget>): void => {
  if (!target.type) errors.push(required(`${path}.type`))
  if (!['Utilization', 'Value', 'AverageValue'].includes(target.type ?? ''))
    errors.push(invalidValue(`${path}.type`, target.type ?? '', 'must be Utilization, Value or AverageValue'))
  for (const key of ['value', 'averageValue'] as const) {
    const amount = target[key]
    if (amount !== undefined && quantitySign(amount) <= 0) errors.push(invalidValue(`${path}.${key}`, amount, 'must be positive'))
  }
  if (target.averageUtilization !== undefined && target.averageUtilization < 1)
    errors.push(invalidValue(`${path}.averageUtilization`, target.averageUtilization, 'must be greater than 0'))
}

interface Source {
  name?: string | undefined
  container?: string | undefined
  metric?: Loose<MetricIdentifier> | undefined
  target?: Loose<MetricTarget> | undefined
  describedObject?: Loose<ObjectMetricSource['describedObject']> | undefined
}
type SourceName = 'object' | 'external' | 'pods' | 'resource' | 'containerResource'

const sources: Readonly<Record<SourceName, (errors: Errors, path: string, source: Source) => void>> = {
  object: (errors, path, { describedObject, metric, target = {} }) => {
    validateReference(errors, `${path}.describedObject`, describedObject ?? {})
    validateIdentifier(errors, `${path}.metric`, metric ?? {})
    validateTarget(errors, `${path}.target`, target)
    if (target.value === undefined && target.averageValue === undefined)
      errors.push(required(`${path}.target.averageValue`, 'a value or an average value must be set'))
  },
  external: (errors, path, { metric, target = {} }) => {
    validateIdentifier(errors, `${path}.metric`, metric ?? {})
    validateTarget(errors, `${path}.target`, target)
    if (target.value === undefined && target.averageValue === undefined)
      errors.push(required(`${path}.target.averageValue`, 'a value or an average value must be set'))
    if (target.value !== undefined && target.averageValue !== undefined)
      errors.push(forbiddenField(`${path}.target.value`, 'only one of value and averageValue may be set'))
  },
  pods: (errors, path, { metric, target = {} }) => {
    validateIdentifier(errors, `${path}.metric`, metric ?? {})
    validateTarget(errors, `${path}.target`, target)
    if (target.averageValue === undefined) errors.push(required(`${path}.target.averageValue`, 'a positive average value must be set'))
  },
  resource: (errors, path, source) => {
    if (!source.name) errors.push(required(`${path}.name`))
    validateUsage(errors, path, source.target ?? {})
  },
  containerResource: (errors, path, source) => {
    if (!source.name) errors.push(required(`${path}.name`))
    else validateContainerResourceName(errors, `${path}.name`, source.name)
    if (!source.container) errors.push(required(`${path}.container`))
    validateUsage(errors, path, source.target ?? {})
  },
}

const validateUsage = (errors: Errors, path: string, target: Loose<MetricTarget>): void => {
  validateTarget(errors, `${path}.target`, target)
  if (target.averageUtilization === undefined && target.averageValue === undefined)
    errors.push(required(`${path}.target.averageUtilization`, 'a utilization or an average value must be set'))
  if (target.averageUtilization !== undefined && target.averageValue !== undefined)
    errors.push(forbiddenField(`${path}.target.averageValue`, 'only one of averageUtilization and averageValue may be set'))
}

const sourceNames = Object.keys(sources) as SourceName[]
const typeOf: Readonly<Record<SourceName, string>> = {
  object: 'Object',
  external: 'External',
  pods: 'Pods',
  resource: 'Resource',
  containerResource: 'ContainerResource',
}

const validateMetric = (errors: Errors, path: string, metric: Loose<MetricSpec>): void => {
  const type = metric.type ?? ''
  const expected = sourceNames.find(name => typeOf[name] === type)
  const unknown = notSupported(`${path}.type`, type, Object.values(typeOf))
  if (type === '') errors.push(required(`${path}.type`))
  if (!expected) errors.push(unknown)
  const present = sourceNames.filter(name => metric[name])
  // Only the first one found is looked into.
  const [first] = present
  if (first) sources[first](errors, `${path}.${first}`, metric[first] as Source)
  if (!expected) errors.push(unknown)
  else if (!metric[expected]) errors.push(required(`${path}.${expected}`))
  if (present.length === 1) return
  for (const name of present) if (name !== expected) errors.push(forbiddenField(`${path}.${name}`, 'only the source of its type may be set'))
}

const validateScalingRules = (errors: Errors, path: string, rules: Loose<HPAScalingRules>): void => {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules
  if (window !== undefined && (window < 0 || window > 3600))
    errors.push(invalidValue(`${path}.stabilizationWindowSeconds`, window, 'must be between 0 and 3600'))
  if (selectPolicy !== undefined) addSupported(errors, `${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min'])
  if (tolerance !== undefined && quantitySign(tolerance) < 0) errors.push(invalidValue(`${path}.tolerance`, tolerance, 'must not be negative'))
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'at least one policy is required'))
  policies.forEach((policy, i) => {
    const at = `${path}.policies[${i}]`
    addSupported(errors, `${at}.type`, policy.type, ['Percent', 'Pods'])
    if ((policy.value ?? 0) <= 0) errors.push(invalidValue(`${at}.value`, policy.value ?? 0, 'must be greater than 0'))
    const period = policy.periodSeconds ?? 0
    if (period <= 0 || period > 1800) errors.push(invalidValue(`${at}.periodSeconds`, period, 'must be between 1 and 1800'))
  })
}

export const validateAutoscalerStatus = (errors: Errors, status: Record<string, unknown>): void => {
  addCounts(errors, 'status', status, ['currentReplicas', 'desiredReplicas'])
}

/** `oldTarget` is what the stored object scales: an odd version of it may stay. */
export const validateAutoscalerSpec = (errors: Errors, spec: Loose<HorizontalPodAutoscalerSpec>, oldTarget?: Loose<CrossVersionObjectReference>): void => {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef = {}, behavior } = spec
  if (minReplicas < 1) errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  if (minReplicas === 0 && !spec.metrics?.some(m => m.type === 'Object' || m.type === 'External'))
    errors.push(forbiddenField('spec.metrics', 'only an Object or External metric can tell when to begin with no replicas'))
  if (maxReplicas === 0) errors.push(required('spec.maxReplicas'))
  else if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'))
  if (maxReplicas < minReplicas) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  validateReference(errors, 'spec.scaleTargetRef', scaleTargetRef)
  const lenient: Errors = []
  if (oldTarget) validateTargetVersion(lenient, '', oldTarget)
  if (lenient.length === 0) validateTargetVersion(errors, 'spec.scaleTargetRef.apiVersion', scaleTargetRef)
  else if ((scaleTargetRef.apiVersion ?? '').split('/').length > 2)
    addInvalid(errors, 'spec.scaleTargetRef.apiVersion', scaleTargetRef.apiVersion, ['must be group/version'])
  spec.metrics?.forEach((metric, i) => {
    validateMetric(errors, `spec.metrics[${i}]`, metric)
  })
  for (const key of ['scaleUp', 'scaleDown'] as const) if (behavior?.[key]) validateScalingRules(errors, `spec.behavior.${key}`, behavior[key])
}
