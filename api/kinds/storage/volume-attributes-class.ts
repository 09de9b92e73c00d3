// VolumeAttributesClass of storage.k8s.io/v1.
import { type FieldError, forbiddenField } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { VolumeAttributesClass } from '../../types/storage-v1.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { validateParameters, validateProvisioner } from './storage-class.ts'

const isDefault = ({ metadata }: VolumeAttributesClass): boolean =>
  metadata.annotations?.['volumeattributesclass.alpha.kubernetes.io/is-default-class'] === 'true'

export const volumeAttributesClasses = defineResource<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  namespaced: false,
  shortNames: ['vac'],
  columns: [
    { ...nameColumn, value: c => (isDefault(c) ? `${c.metadata.name} (default)` : c.metadata.name) },
    column('DriverName', 'string', c => c.driverName, 'Whose attributes.'),
    ageColumn,
  ],
  validate: (attributes, old) => {
    const errors: FieldError[] = []
    validateProvisioner(errors, 'driverName', attributes.driverName)
    validateParameters(errors, 'parameters', attributes.parameters, true)
    if (old) {
      if (attributes.driverName !== old.driverName) errors.push(forbiddenField('driverName', 'updates to driverName are forbidden'))
      if (!semanticEqual(attributes.parameters, old.parameters)) errors.push(forbiddenField('parameters', 'updates to parameters are forbidden'))
    }
    return errors
  },
})
