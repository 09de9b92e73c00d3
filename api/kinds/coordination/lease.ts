// Lease of coordination.k8s.io/v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { Lease } from '../../types/coordination-v1.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const validate = (lease: Lease): FieldError[] => {
  const errors: FieldError[] = []
  const spec = lease.spec ?? {}
  if (spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0)
    errors.push(invalidValue('spec.leaseDurationSeconds', spec.leaseDurationSeconds, 'must be greater than 0'))
  if (spec.leaseTransitions !== undefined && spec.leaseTransitions < 0)
    errors.push(invalidValue('spec.leaseTransitions', spec.leaseTransitions, 'must be greater than or equal to 0'))
  return errors
}

export const leases = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  columns: [nameColumn, column('Holder', 'string', l => l.spec?.holderIdentity ?? '', 'Who holds it.'), ageColumn],
  metadataChecks: 'update',
  // Coordinated leader election is off at this level.
  prepare: lease => {
    delete lease.spec?.strategy
    delete lease.spec?.preferredHolder
  },
  validate,
  createOnUpdate: true,
  unconditionalUpdate: false,
})
