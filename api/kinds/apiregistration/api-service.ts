// APIService of apiregistration.k8s.io/v1: a group version served here, or by a Service behind.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { APIService } from '../../types/apiregistration-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { loose } from '../../validation/loose.ts'
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName, isPortNumber } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { keepMetadataInStatus, separateStatus } from '../workload.ts'

const validate = (given: APIService): FieldError[] => {
  const errors: FieldError[] = []
  const { group = '', version = '', service, groupPriorityMinimum = 0, versionPriority = 0, insecureSkipTLSVerify, caBundle } = loose(given).spec ?? {}
  const wanted = `${version}.${group}`
  for (const key of ['name', 'generateName'] as const) {
    const name = given.metadata[key]
    if (name && name !== wanted && isPathSegmentName(name).length === 0)
      errors.push(invalidValue(`metadata.${key}`, name, `must be the version and the group: ${wanted}`))
  }
  if (group === '') {
    // Only the core group has no name, and only in v1.
    if (version !== 'v1') errors.push(required('spec.group', 'only v1 may have an empty group'))
  } else addInvalid(errors, 'spec.group', group, isDns1123Subdomain(group))
  addInvalid(errors, 'spec.version', version, isDns1035Label(version))
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20000)
    errors.push(invalidValue('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and at most 20000'))
  if (versionPriority <= 0 || versionPriority > 1000) errors.push(invalidValue('spec.versionPriority', versionPriority, 'must be positive and at most 1000'))
  if (!service) {
    if (caBundle?.length) errors.push(invalidValue('spec.caBundle', '', 'local services may not have a CA bundle'))
    if (insecureSkipTLSVerify) errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'local services may not skip TLS verification'))
    return errors
  }
  if (!service.namespace) errors.push(required('spec.service.namespace'))
  if (!service.name) errors.push(required('spec.service.name'))
  addInvalid(errors, 'spec.service.port', service.port, isPortNumber(service.port ?? 443))
  if (insecureSkipTLSVerify && caBundle?.length) errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be set with a CA bundle'))
  return errors
}

/** The condition that says so, and why not. */
const available = (service: APIService): string => {
  const condition = service.status?.conditions?.find(c => c.type === 'Available')
  if (!condition) return 'Unknown'
  return condition.status === 'False' ? `${condition.status} (${condition.reason ?? ''})` : (condition.status ?? '')
}

export const apiServices = defineResource<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
  categories: ['api-extensions'],
  storagePrefix: '/registry/apiregistration.k8s.io/apiservices/',
  status: true,
  columns: [
    nameColumn,
    column('Service', 'string', s => (s.spec?.service ? `${s.spec.service.namespace ?? ''}/${s.spec.service.name ?? ''}` : 'Local'), 'Who serves it.'),
    column('Available', 'string', available, 'Whether it answers.'),
    ageColumn,
  ],
  validateName: name => [...isPathSegmentName(name)],
  default: service => {
    if (service.spec?.service) service.spec.service.port ??= 443
  },
  // What is served here is there.
  prepare: (service, old, context) => {
    separateStatus(service, old, context, () => ({}))
    keepMetadataInStatus(service, old, context)
    if (!old && service.spec && !service.spec.service)
      service.status = {
        conditions: [
          {
            type: 'Available',
            status: 'True',
            lastTransitionTime: new Date(context.nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
            reason: 'Local',
            message: 'Local APIServices are always available',
          },
        ],
      }
  },
  validate: (service, _old, context) => (context.subresource === 'status' ? [] : validate(service)),
  unconditionalUpdate: false,
})
