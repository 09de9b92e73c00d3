// StorageClass of storage.k8s.io/v1.
import { duplicate, type FieldError, invalidValue, required, tooLong } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { TopologySelectorTerm } from '../../types/core-v1.ts'
import type { StorageClass } from '../../types/storage-v1.ts'
import { addInvalid, addSupported, type Errors } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { validateLabelName } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { byteLength, isQualifiedName } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { labelWarnings } from '../deprecated-labels.ts'

export const validateProvisioner = (errors: Errors, path: string, name: string | undefined): void => {
  if (!name) errors.push(required(path))
  else addInvalid(errors, path, name, isQualifiedName(name.toLowerCase()))
}

/** Keys and values together must fit; a class of attributes must have some. */
export const validateParameters = (errors: Errors, path: string, parameters: Readonly<Record<string, string>> | undefined, needed: boolean): void => {
  const names = Object.keys(parameters ?? {})
  if (needed && names.length === 0) errors.push(required(path))
  if (names.length > 512) errors.push(tooLong(path, 512))
  let size = 0
  for (const name of names) {
    if (name === '') errors.push(invalidValue(path, name, 'names must not be empty'))
    size += byteLength(name) + byteLength(parameters?.[name] ?? '')
  }
  if (size > 256 * 1024) errors.push(tooLong(path, 256 * 1024))
}

const validateTopologies = (errors: Errors, terms: readonly Loose<TopologySelectorTerm>[]): void => {
  const raw: string[] = []
  terms.forEach((term, i) => {
    const path = `allowedTopologies[${i}]`
    const seen = new Map<string, string[]>()
    term.matchLabelExpressions?.forEach((e, j) => {
      const at = `${path}.matchLabelExpressions[${j}]`
      const key = e.key ?? ''
      const values = e.values ?? []
      if (values.length === 0) errors.push(required(`${at}.values`))
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) errors.push(duplicate(`${at}.values[${k}]`, value))
      })
      validateLabelName(errors, `${at}.key`, key)
      if (seen.has(key)) errors.push(duplicate(`${at}.key`, key))
      seen.set(key, [...values].sort())
    })
    const text = JSON.stringify([...seen].sort(([a], [b]) => (a < b ? -1 : 1)))
    // A term without expressions equals the empty place upstream keeps for it.
    if (seen.size === 0 || raw.includes(text)) errors.push(duplicate(`${path}.matchLabelExpressions`, ''))
    raw.push(text)
  })
}

const validate = (given: StorageClass, old: StorageClass | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const storage = loose(given)
  if (old) {
    addImmutable(errors, 'parameters', given.parameters ?? {}, old.parameters ?? {})
    for (const key of ['provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) addImmutable(errors, key, given[key], old[key])
  }
  validateProvisioner(errors, 'provisioner', storage.provisioner)
  validateParameters(errors, 'parameters', storage.parameters as Record<string, string> | undefined, false)
  if (storage.reclaimPolicy) addSupported(errors, 'reclaimPolicy', storage.reclaimPolicy, ['Delete', 'Retain'])
  if (storage.volumeBindingMode === undefined) errors.push(required('volumeBindingMode'))
  else addSupported(errors, 'volumeBindingMode', storage.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'])
  validateTopologies(errors, storage.allowedTopologies ?? [])
  return errors
}

const isDefault = (s: StorageClass): boolean =>
  ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(key => s.metadata.annotations?.[key] === 'true')

export const storageClasses = defineResource<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
  shortNames: ['sc'],
  columns: [
    { ...nameColumn, value: s => (isDefault(s) ? `${s.metadata.name} (default)` : s.metadata.name) },
    column('Provisioner', 'string', s => s.provisioner, 'Who makes its volumes.'),
    column('ReclaimPolicy', 'string', s => s.reclaimPolicy ?? 'Delete', 'What becomes of them.'),
    column('VolumeBindingMode', 'string', s => s.volumeBindingMode ?? '', 'When they are made.'),
    column('AllowVolumeExpansion', 'string', s => s.allowVolumeExpansion ?? false, 'Whether they can grow.'),
    ageColumn,
  ],
  default: s => {
    s.reclaimPolicy ??= 'Delete'
    s.volumeBindingMode ??= 'Immediate'
  },
  validate,
  warnings: s =>
    (s.allowedTopologies ?? []).flatMap((term, i) =>
      (term.matchLabelExpressions ?? []).flatMap(({ key }, j) => labelWarnings(`allowedTopologies[${i}].matchLabelExpressions[${j}].key`, key)),
    ),
  deleteAnswersObject: true,
})
