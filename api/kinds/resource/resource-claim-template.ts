// ResourceClaimTemplate of resource.k8s.io/v1: never changes.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ResourceClaimTemplate } from '../../types/resource-v1.ts'
import { addImmutable } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { validateTemplateObjectMeta } from '../../validation/object-meta.ts'
import { validateDeviceClaim } from '../../validation/resource/claim.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defaultDeviceClaim } from './claim-defaults.ts'

export const resourceClaimTemplates = defineResource<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  columns: [nameColumn, ageColumn],
  default: template => {
    defaultDeviceClaim(loose(template).spec?.spec?.devices as Parameters<typeof defaultDeviceClaim>[0])
  },
  validate: (given, old) => {
    const errors: FieldError[] = []
    const { spec } = loose(given)
    validateTemplateObjectMeta(errors, 'spec.metadata', spec?.metadata)
    validateDeviceClaim(errors, 'spec.spec.devices', spec?.spec?.devices, old !== undefined)
    if (old) addImmutable(errors, 'spec', given.spec, old.spec)
    return errors
  },
})
