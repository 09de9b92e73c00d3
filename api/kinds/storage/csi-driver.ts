// CSIDriver of storage.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { CSIDriver } from '../../types/storage-v1.ts'
import { validateCsiDriverSpec } from '../../validation/csi.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

/** Fields that nodes and schedulers have already acted upon. */
const fixed = ['attachRequired', 'volumeLifecycleModes'] as const
/** Fields whose change counts as a new generation; a new driver has none yet. */
const counted = [
  'tokenRequests',
  'requiresRepublish',
  'podInfoOnMount',
  'storageCapacity',
  'fsGroupPolicy',
  'seLinuxMount',
  'nodeAllocatableUpdatePeriodSeconds',
  'serviceAccountTokenInSecrets',
] as const

const validate = (driver: CSIDriver, old: CSIDriver | undefined): FieldError[] => {
  const errors: FieldError[] = []
  validateCsiDriverSpec(errors, loose(driver).spec ?? {})
  if (old) for (const key of fixed) addImmutable(errors, `spec.${key === 'attachRequired' ? 'attachedRequired' : key}`, driver.spec?.[key], old.spec?.[key])
  return errors
}

const audiences = ({ spec }: CSIDriver): string => (spec?.tokenRequests?.length ? spec.tokenRequests.map(t => t.audience).join(',') : '<unset>')

export const csiDrivers = defineResource<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  columns: [
    nameColumn,
    column('AttachRequired', 'boolean', d => d.spec?.attachRequired ?? true, 'Whether volumes are attached first.'),
    column('PodInfoOnMount', 'boolean', d => d.spec?.podInfoOnMount ?? false, 'Whether it learns of pods.'),
    column('StorageCapacity', 'boolean', d => d.spec?.storageCapacity ?? false, 'Whether it reports capacity.'),
    column('TokenRequests', 'string', audiences, 'Audiences of its tokens.'),
    column('RequiresRepublish', 'boolean', d => d.spec?.requiresRepublish ?? false, 'Whether volumes are published again.'),
    column('Modes', 'string', d => d.spec?.volumeLifecycleModes?.join(',') ?? 'Persistent', 'Kinds of volumes it serves.'),
    ageColumn,
  ],
  default: driver => {
    const spec = loose(driver).spec
    if (!spec) return
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
  },
  prepare: (driver, old) => {
    if (old && counted.some(key => !semanticEqual(driver.spec?.[key], old.spec?.[key]))) driver.metadata.generation = (old.metadata.generation ?? 0) + 1
  },
  metadataChecks: 'update',
  validate,
  warnings: ({ spec }) =>
    spec?.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined
      ? ['spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes']
      : [],
  unconditionalUpdate: false,
  deleteAnswersObject: true,
})
