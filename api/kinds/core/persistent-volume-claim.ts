// PersistentVolumeClaim of v1.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { compareQuantities } from '../../quantity.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../types/core-v1.ts'
import { validateClaimSpec } from '../../validation/claim-spec.ts'
import { addInvalid, keyed } from '../../validation/collect.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { isQualifiedName } from '../../validation/names.ts'
import { isNative, validateNonNegativeAmount } from '../../validation/pod/resources.ts'
import { ageColumn, column, nameColumn, wide } from '../columns.ts'
import { claimWarnings } from './volume-warnings.ts'
import { defaultClaim, prepareClaimSpec } from './claim-defaults.ts'

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** What may change is made equal first; the rest must be so. */
const validateSpecChange = (errors: FieldError[], claim: PersistentVolumeClaim, old: PersistentVolumeClaim): void => {
  const [spec, before] = [structuredClone<PersistentVolumeClaimSpec>(claim.spec ?? {}), structuredClone<PersistentVolumeClaimSpec>(old.spec ?? {})]
  const [annotation, oldAnnotation] = [claim.metadata.annotations?.[classAnnotation], old.metadata.annotations?.[classAnnotation]]
  if (!before.volumeName) {
    if (spec.volumeName === undefined) delete before.volumeName
    else before.volumeName = spec.volumeName
  }
  const fromAnnotation =
    oldAnnotation !== undefined &&
    before.storageClassName === undefined &&
    spec.storageClassName === oldAnnotation &&
    (annotation === undefined || annotation === oldAnnotation)
  if (fromAnnotation) delete spec.storageClassName
  else {
    if ((annotation ?? '') !== (oldAnnotation ?? '')) errors.push(invalidValue(`metadata.annotations.${classAnnotation}`, annotation, 'field is immutable'))
    if (
      spec.storageClassName !== undefined &&
      before.storageClassName === undefined &&
      (oldAnnotation === undefined || spec.storageClassName === oldAnnotation)
    )
      delete spec.storageClassName
  }
  const bound = claim.status?.phase === 'Bound'
  if (bound && spec.resources?.requests) {
    const storage = before.resources?.requests?.storage
    if (storage !== undefined) spec.resources.requests.storage = storage
  }
  if (bound && spec.volumeAttributesClassName !== undefined) {
    if (before.volumeAttributesClassName === undefined) delete spec.volumeAttributesClassName
    else spec.volumeAttributesClassName = before.volumeAttributesClassName
  }
  if (!semanticEqual(spec, before))
    errors.push(forbiddenField('spec', 'is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'))
  const [size, oldSize] = [claim.spec?.resources?.requests?.storage ?? '0', old.spec?.resources?.requests?.storage ?? '0']
  if (compareQuantities(size, oldSize) < 0 && compareQuantities(size, old.status?.capacity?.storage ?? '0') <= 0)
    errors.push(forbiddenField('spec.resources.requests.storage', 'cannot be less than status.capacity'))
  addImmutable(errors, 'volumeMode', claim.spec?.volumeMode, old.spec?.volumeMode)
  const [name, oldName] = [claim.spec?.volumeAttributesClassName, old.spec?.volumeAttributesClassName]
  if (oldName !== undefined && name === undefined) errors.push(forbiddenField('spec.volumeAttributesClassName', 'cannot be removed'))
  else if (oldName !== undefined && name === '') errors.push(forbiddenField('spec.volumeAttributesClassName', 'cannot become empty'))
}

const resizeStates: readonly string[] = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
]
/** Of names without a domain, or with Kubernetes' own, a claim knows storage alone. False where the name was refused. */
const validateResourceKey = (errors: FieldError[], path: string, name: string): boolean => {
  const faults = isQualifiedName(name)
  addInvalid(errors, path, name, faults)
  if (faults.length) return false
  if (!isNative(name) || name === 'storage') return true
  errors.push(notSupported(path, name, ['storage']))
  return false
}

const validateStatus = (errors: FieldError[], status: NonNullable<PersistentVolumeClaim['status']>): void => {
  for (const [name, amount] of Object.entries(status.capacity ?? {})) validateNonNegativeAmount(errors, keyed('status.capacity', name), amount)
  for (const [name, state] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    validateResourceKey(errors, 'status.allocatedResourceStatus', name)
    if (!resizeStates.includes(state)) errors.push(notSupported('status.allocatedResourceStatus', name, resizeStates))
  }
  for (const [name, amount] of Object.entries(status.allocatedResources ?? {})) {
    if (validateResourceKey(errors, 'status.allocatedResources', name)) validateNonNegativeAmount(errors, keyed('status.allocatedResources', name), amount)
  }
}

const validate = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    if (!claim.spec?.accessModes?.length) errors.push(required('Spec.accessModes'))
    validateStatus(errors, claim.status ?? {})
    return errors
  }
  const group = (s: PersistentVolumeClaimSpec | undefined): boolean => s?.dataSource?.apiGroup !== undefined || s?.dataSourceRef?.apiGroup !== undefined
  validateClaimSpec(errors, 'spec', loose(claim).spec ?? {}, { allowInvalidGroup: old !== undefined && group(old.spec) })
  if (old) validateSpecChange(errors, claim, old)
  return errors
}

const prepare = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim | undefined, context: WriteContext): void => {
  if (!old) {
    claim.status = { phase: 'Pending' }
    if (claim.spec) prepareClaimSpec(claim.spec, undefined)
    return
  }
  if (context.subresource === 'status') {
    claim.spec = structuredClone(old.spec ?? {})
    return
  }
  claim.status = structuredClone(old.status ?? {})
  if (claim.spec) prepareClaimSpec(claim.spec, old.spec)
}

const modes: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]
export const accessModesText = (found: readonly string[] | undefined): string =>
  modes
    .filter(([mode]) => found?.includes(mode))
    .map(([, short]) => short)
    .join(',')
const phase = (claim: PersistentVolumeClaim): string => (claim.metadata.deletionTimestamp ? 'Terminating' : (claim.status?.phase ?? ''))
const whenBound = (claim: PersistentVolumeClaim, text: string): string => (claim.spec?.volumeName ? text : '')
const className = (claim: PersistentVolumeClaim): string => claim.metadata.annotations?.[classAnnotation] ?? claim.spec?.storageClassName ?? ''

export const persistentVolumeClaims = defineResource<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
  shortNames: ['pvc'],
  status: true,
  columns: [
    nameColumn,
    column('Status', 'string', phase, 'Whether it has a volume.'),
    column('Volume', 'string', c => c.spec?.volumeName ?? '', 'Its volume.'),
    column('Capacity', 'string', c => whenBound(c, c.status?.capacity?.storage ?? '0'), 'Size of it.'),
    column('Access Modes', 'string', c => whenBound(c, accessModesText(c.status?.accessModes)), 'How it may be mounted.'),
    column('StorageClass', 'string', className, 'Its class.'),
    column('VolumeAttributesClass', 'string', c => c.spec?.volumeAttributesClassName ?? '<unset>', 'Class of its attributes.'),
    ageColumn,
    wide('VolumeMode', c => c.spec?.volumeMode ?? '<unset>'),
  ],
  default: defaultClaim,
  prepare,
  validate,
  warnings: claimWarnings,
  deleteAnswersObject: true,
})
