// PersistentVolume of v1.
import { defineResource, type WriteContext } from '../../resource.ts'
import type { PersistentVolume, PersistentVolumeSpec } from '../../types/core-v1.ts'
import { toTime } from '../../../base/clock.ts'
import { validatePersistentVolume } from '../../validation/persistent-volume.ts'
import { ageColumn, column, nameColumn, wide } from '../columns.ts'
import { accessModesText } from './persistent-volume-claim.ts'
import { defaultAmounts } from './pod-defaults.ts'
import { persistentVolumeWarnings } from './volume-warnings.ts'

const defaultVolume = (volume: PersistentVolume): void => {
  const spec = ((volume.spec as PersistentVolumeSpec | undefined) ??= {})
  const status = (volume.status ??= {})
  status.phase ??= 'Pending'
  spec.persistentVolumeReclaimPolicy ??= 'Retain'
  spec.volumeMode ??= 'Filesystem'
  if (spec.hostPath) spec.hostPath.type ??= ''
  defaultAmounts(spec.capacity)
}

const prepare = (volume: PersistentVolume, old: PersistentVolume | undefined, context: WriteContext): void => {
  if (!old) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: toTime(context.nowMs) }
    return
  }
  if (context.subresource !== 'status') {
    volume.status = structuredClone(old.status ?? {})
    return
  }
  volume.spec = structuredClone(old.spec ?? {})
  const { status } = volume
  if (!status || status.phase === old.status?.phase) return
  // Who changes the phase may say when that was.
  if (status.lastPhaseTransitionTime === undefined || status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime)
    status.lastPhaseTransitionTime = toTime(context.nowMs)
}

const claim = (volume: PersistentVolume): string => (volume.spec?.claimRef ? `${volume.spec.claimRef.namespace ?? ''}/${volume.spec.claimRef.name ?? ''}` : '')

export const persistentVolumes = defineResource<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
  shortNames: ['pv'],
  status: true,
  columns: [
    nameColumn,
    column('Capacity', 'string', v => v.spec?.capacity?.storage ?? '0', 'Its size.'),
    column('Access Modes', 'string', v => accessModesText(v.spec?.accessModes), 'How it may be mounted.'),
    column('Reclaim Policy', 'string', v => v.spec?.persistentVolumeReclaimPolicy ?? '', 'What becomes of it when released.'),
    column('Status', 'string', v => (v.metadata.deletionTimestamp ? 'Terminating' : (v.status?.phase ?? '')), 'Whether it is bound.'),
    column('Claim', 'string', claim, 'Whose it is.'),
    column('StorageClass', 'string', v => v.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? v.spec?.storageClassName ?? '', 'Its class.'),
    column('VolumeAttributesClass', 'string', v => v.spec?.volumeAttributesClassName ?? '<unset>', 'Class of its attributes.'),
    column('Reason', 'string', v => v.status?.reason ?? '', 'Why it is as it is.'),
    ageColumn,
    wide('VolumeMode', v => v.spec?.volumeMode ?? '<unset>'),
  ],
  metadataChecks: 'objectTwice',
  default: defaultVolume,
  prepare,
  validate: (volume, old, context) => (context.subresource === 'status' ? [] : validatePersistentVolume(volume, old)),
  warnings: persistentVolumeWarnings,
  deleteAnswersObject: true,
})
