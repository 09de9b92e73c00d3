// ResourceClaim of resource.k8s.io/v1: what it asks for never changes; schedulers and drivers write its status.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ResourceClaim } from '../../types/resource-v1.ts'
import { addImmutable } from '../../validation/equality.ts'
import { validateDeviceClaim } from '../../validation/resource/claim.ts'
import { validateClaimStatus } from '../../validation/resource/claim-status.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { keepMetadataInStatus, separateStatus } from '../workload.ts'
import { defaultDeviceClaim } from './claim-defaults.ts'

const stateOf = ({ metadata, status }: ResourceClaim): string => {
  const states = [
    ...(metadata.deletionTimestamp ? ['deleted'] : []),
    ...(status?.allocation ? ['allocated'] : metadata.deletionTimestamp ? [] : ['pending']),
    ...(status?.reservedFor?.length ? ['reserved'] : []),
  ]
  return states.join(',')
}

export const resourceClaims = defineResource<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  deleteAnswersObject: true,
  status: true,
  columns: [nameColumn, column('State', 'string', stateOf, 'How far it is.'), ageColumn],
  default: claim => {
    defaultDeviceClaim((claim as Partial<ResourceClaim>).spec?.devices)
  },
  prepare: (claim, old, context) => {
    separateStatus(claim, old, context, () => ({}))
    keepMetadataInStatus(claim, old, context)
  },
  validate: (claim, old, { subresource }) => {
    const errors: FieldError[] = []
    if (!old) validateDeviceClaim(errors, 'spec.devices', (claim as Partial<ResourceClaim>).spec?.devices)
    else if (subresource === 'status') validateClaimStatus(errors, claim, old)
    else addImmutable(errors, 'spec', claim.spec, old.spec)
    return errors
  },
})
