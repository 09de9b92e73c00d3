// ResourceQuota of v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { ResourceQuota, ResourceQuotaSpec } from '../../types/core-v1.ts'
import { type Errors, keyed } from '../../validation/collect.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { type Amounts, isQuotaResource, podQuotaResources, validateAmount, validateResourceName } from '../../validation/pod/resources.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { separateStatus } from '../workload.ts'
import { defaultAmounts } from './pod-defaults.ts'

const scopes = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass']
const exclusive = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const
const scopeAllows = (scope: string, name: string): boolean => {
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return podQuotaResources.has(name)
    case 'BestEffort':
      return name === 'pods'
    case 'VolumeAttributesClass':
      return name === 'persistentvolumeclaims' || name === 'requests.storage'
    default:
      return true
  }
}

const validateAmounts = (errors: Errors, path: string, amounts: Amounts | undefined): void => {
  for (const name in amounts) {
    const at = keyed(path, name)
    validateResourceName(errors, at, name)
    if (!name.includes('/') && !isQuotaResource(name)) errors.push(invalidValue(at, name, 'must be a standard resource for quota'))
    validateAmount(errors, at, name, amounts[name] ?? '0')
  }
}

const validateScopes = (errors: Errors, path: string, found: readonly string[], spec: Loose<ResourceQuotaSpec>, unknownPath: string): void => {
  const names = Object.keys((spec.hard as Amounts | undefined) ?? {}).sort()
  for (const scope of found) {
    if (!scopes.includes(scope)) errors.push(invalidValue(unknownPath, scope, 'unsupported scope'))
    for (const name of names)
      if (isQuotaResource(name) && !scopeAllows(scope, name)) errors.push(invalidValue(path, found, `scope ${scope} cannot be applied to ${name}`))
  }
  for (const [a, b] of exclusive) if (found.includes(a) && found.includes(b)) errors.push(invalidValue(path, found, 'conflicting scopes'))
}

const validateSelector = (errors: Errors, spec: Loose<ResourceQuotaSpec>): void => {
  const path = 'spec.scopeSelector.matchExpressions'
  const expressions = spec.scopeSelector?.matchExpressions ?? []
  validateScopes(
    errors,
    path,
    expressions.map(e => e.scopeName ?? ''),
    spec,
    `${path}.scopeName`,
  )
  for (const { scopeName = '', operator = '', values = [] } of expressions) {
    if (scopeName !== 'PriorityClass' && scopeName !== 'VolumeAttributesClass' && scopes.includes(scopeName) && operator !== 'Exists')
      errors.push(invalidValue(`${path}.operator`, operator, `must be Exists for scope ${scopeName}`))
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.push(required(`${path}.values`, 'must have at least one value'))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length) errors.push(invalidValue(`${path}.values`, values, 'must have no value'))
    } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'))
  }
}

const validate = (quota: ResourceQuota, old: ResourceQuota | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  const status = (): void => {
    validateAmounts(errors, 'status.hard', quota.status?.hard)
    validateAmounts(errors, 'status.used', quota.status?.used)
  }
  if (context.subresource === 'status') {
    status()
    return errors
  }
  const spec = loose(quota).spec ?? {}
  validateAmounts(errors, 'spec.hard', spec.hard as Amounts | undefined)
  if (spec.scopes?.length) validateScopes(errors, 'spec.scopes', spec.scopes, spec, 'spec.scopes')
  if (spec.scopeSelector) validateSelector(errors, spec)
  if (!old) {
    status()
    return errors
  }
  const set = (q: ResourceQuota): string => [...new Set(q.spec?.scopes ?? [])].sort().join()
  if (set(quota) !== set(old)) errors.push(invalidValue('spec.scopes', spec.scopes, 'field is immutable'))
  return errors
}

const usage = (quota: ResourceQuota, limits: boolean): string =>
  Object.keys(quota.status?.hard ?? {})
    .filter(name => name.startsWith('limits.') === limits)
    .sort()
    .map(name => `${name}: ${quota.status?.used?.[name] ?? '0'}/${quota.status?.hard?.[name] ?? '0'}`)
    .join(', ')

export const resourceQuotas = defineResource<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
  shortNames: ['quota'],
  status: true,
  columns: [
    nameColumn,
    column('Request', 'string', q => usage(q, false), 'Requests used, of those allowed.'),
    column('Limit', 'string', q => usage(q, true), 'Limits used, of those allowed.'),
    ageColumn,
  ],
  default: quota => {
    defaultAmounts(quota.spec?.hard)
    defaultAmounts(quota.status?.hard)
    defaultAmounts(quota.status?.used)
  },
  prepare: (quota, old, context) => separateStatus(quota, old, context, () => ({})),
  metadataChecks: 'update',
  validate,
  deleteAnswersObject: true,
})
