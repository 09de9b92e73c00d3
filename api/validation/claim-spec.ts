// The spec of a PersistentVolumeClaim, wherever it stands: in a claim, a pod's ephemeral volume, a StatefulSet's template.
import { forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import type { PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate } from '../types/core-v1.ts'
import { addInvalid, addSupported, type Errors, keyed } from './collect.ts'
import { validateLabelSelector } from './labels.ts'
import type { Loose } from './loose.ts'
import { isDns1123Label, isDns1123Subdomain } from './names.ts'
import { validateTemplateObjectMeta } from './object-meta.ts'
import { validateAmount, validatePositiveAmount } from './pod/resources.ts'

export const accessModes: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const volumeModes: readonly string[] = ['Block', 'Filesystem']

export const validateAccessModes = (errors: Errors, path: string, modes: readonly string[]): void => {
  if (modes.length === 0) errors.push(required(path, 'at least 1 access mode is required'))
  for (const mode of modes) if (!accessModes.includes(mode)) errors.push(notSupported(path, mode, accessModes))
  if (modes.includes('ReadWriteOncePod') && modes.some(mode => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))) {
    errors.push(forbiddenField(path, 'ReadWriteOncePod excludes other access modes'))
  }
}

interface DataSource {
  apiGroup?: string | undefined
  kind?: string | undefined
  name?: string | undefined
  namespace?: string | undefined
}

const validateDataSource = (errors: Errors, path: string, source: DataSource, allowInvalidGroup: boolean): void => {
  if (!source.name) errors.push(required(`${path}.name`))
  if (!source.kind) errors.push(required(`${path}.kind`))
  if (!source.apiGroup) {
    if (source.kind !== 'PersistentVolumeClaim') errors.push(invalidValue(path, source.kind, 'must be PersistentVolumeClaim in the core group'))
  } else if (!allowInvalidGroup) addInvalid(errors, `${path}.apiGroup`, source.apiGroup, isDns1123Subdomain(source.apiGroup))
  if (source.namespace) addInvalid(errors, `${path}.namespace`, source.namespace, isDns1123Label(source.namespace))
}

export interface ClaimRules {
  allowInvalidSelectorValues?: boolean
  allowInvalidGroup?: boolean
}

export const validateClaimSpec = (errors: Errors, path: string, spec: Loose<PersistentVolumeClaimSpec>, rules: ClaimRules = {}): void => {
  const selectorRules = { allowInvalidValues: rules.allowInvalidSelectorValues ?? false }
  if (!spec.accessModes?.length) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'))
  validateLabelSelector(errors, `${path}.selector`, spec.selector, selectorRules)
  if (spec.accessModes?.length) validateAccessModes(errors, `${path}.accessModes`, spec.accessModes)
  const at = keyed(`${path}.resources`, 'storage')
  const storage = (spec.resources?.requests as Record<string, string> | undefined)?.storage
  if (storage === undefined) errors.push(required(at))
  else if (!validatePositiveAmount(errors, at, storage)) validateAmount(errors, at, 'storage', storage)
  if (spec.storageClassName) addInvalid(errors, `${path}.storageClassName`, spec.storageClassName, isDns1123Subdomain(spec.storageClassName))
  if (spec.volumeMode !== undefined) addSupported(errors, `${path}.volumeMode`, spec.volumeMode, volumeModes)
  const { dataSource, dataSourceRef } = spec
  if (dataSource) validateDataSource(errors, `${path}.dataSource`, dataSource, rules.allowInvalidGroup ?? false)
  if (dataSourceRef) validateDataSource(errors, `${path}.dataSourceRef`, dataSourceRef, rules.allowInvalidGroup ?? false)
  if (dataSource && dataSourceRef) {
    const same = dataSource.apiGroup === dataSourceRef.apiGroup && dataSource.kind === dataSourceRef.kind && dataSource.name === dataSourceRef.name
    if (dataSourceRef.namespace) errors.push(invalidValue(path, `${path}.dataSource`, 'may not be specified when dataSourceRef.namespace is'))
    else if (!same) errors.push(invalidValue(path, `${path}.dataSource`, 'must match dataSourceRef'))
  }
  if (spec.volumeAttributesClassName)
    addInvalid(errors, `${path}.volumeAttributesClassName`, spec.volumeAttributesClassName, isDns1123Subdomain(spec.volumeAttributesClassName))
}

export const validateClaimTemplate = (errors: Errors, path: string, template: Loose<PersistentVolumeClaimTemplate>): void => {
  validateTemplateObjectMeta(errors, `${path}.metadata`, template.metadata)
  validateClaimSpec(errors, `${path}.spec`, template.spec ?? {})
}
