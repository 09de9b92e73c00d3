// CSIStorageCapacity of storage.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { CSIStorageCapacity } from '../../types/storage-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { loose } from '../../validation/loose.ts'
import { isDns1123Subdomain } from '../../validation/names.ts'
import { validateNonNegativeAmount } from '../../validation/pod/resources.ts'

const validate = (given: CSIStorageCapacity, old: CSIStorageCapacity | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const { storageClassName = '', nodeTopology, capacity } = loose(given)
  addInvalid(errors, 'storageClassName', storageClassName, isDns1123Subdomain(storageClassName))
  validateLabelSelector(errors, 'nodeTopology', nodeTopology)
  if (capacity !== undefined) validateNonNegativeAmount(errors, 'capacity', capacity)
  if (old) {
    addImmutable(errors, 'nodeTopology', given.nodeTopology, old.nodeTopology)
    addImmutable(errors, 'storageClassName', given.storageClassName, old.storageClassName)
  }
  return errors
}

export const csiStorageCapacities = defineResource<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  validate,
  unconditionalUpdate: false,
})
