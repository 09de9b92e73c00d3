// ConfigMap of v1.
import { type FieldError, forbiddenField, invalidValue } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ConfigMap } from '../../types/core-v1.ts'
import { keyed } from '../../validation/collect.ts'
import { decodedLength, validateDataKeys, validateDataSize } from '../../validation/data-keys.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { byteLength } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const validate = (map: ConfigMap, old: ConfigMap | undefined): FieldError[] => {
  const errors: FieldError[] = []
  if (old?.immutable) {
    const frozen = (field: string): void => {
      errors.push(forbiddenField(field, 'field is immutable when `immutable` is set'))
    }
    if (!map.immutable) frozen('immutable')
    if (!semanticEqual(map.data, old.data)) frozen('data')
    if (!semanticEqual(map.binaryData, old.binaryData)) frozen('binaryData')
  }
  const size = validateDataKeys(errors, 'data', map.data, byteLength) + validateDataKeys(errors, 'binaryData', map.binaryData, decodedLength)
  for (const key in map.data) if (map.binaryData?.[key] !== undefined) errors.push(invalidValue(keyed('data', key), key, 'is also a key of binaryData'))
  validateDataSize(errors, '', size)
  return errors
}

const count = (data: object | undefined): number => Object.keys(data ?? {}).length

export const configMaps = defineResource<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  shortNames: ['cm'],
  columns: [nameColumn, column('Data', 'string', map => count(map.data) + count(map.binaryData), 'Number of entries.'), ageColumn],
  validate,
})
