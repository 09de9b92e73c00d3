// VolumeAttachment of storage.k8s.io/v1.
import { type FieldError, forbiddenField, invalidValue, required, tooLong } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { VolumeAttachment } from '../../types/storage-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { validateCsiDriverName } from '../../validation/csi.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { byteLength, isDns1123Subdomain } from '../../validation/names.ts'
import { validateInlineVolume } from '../../validation/persistent-volume.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { keepMetadataInStatus, separateStatus } from '../workload.ts'
import { validateParameters } from './storage-class.ts'

type Source = Loose<NonNullable<VolumeAttachment['spec']>['source']>
const validateSource = (errors: FieldError[], source: Source): void => {
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = source
  if (name === undefined && inline === undefined) errors.push(required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'))
  else if (name !== undefined && inline !== undefined)
    errors.push(forbiddenField('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'))
  else if (name !== undefined) {
    if (name === '') errors.push(required('spec.source.persistentVolumeName'))
    addInvalid(errors, 'spec.source.persistentVolumeName', name, isDns1123Subdomain(name))
  } else if (inline) validateInlineVolume(errors, 'spec.source.inlineVolumeSpec', inline)
}

const maxErrorBytes = 1024

const validateStatus = (errors: FieldError[], status: Loose<NonNullable<VolumeAttachment['status']>>): void => {
  validateParameters(errors, 'status.attachmentMetadata', status.attachmentMetadata as Record<string, string> | undefined, false)
  for (const key of ['attachError', 'detachError'] as const)
    if (byteLength(status[key]?.message ?? '') > maxErrorBytes) errors.push(tooLong(`status.${key}.message`, maxErrorBytes))
}

const validate = (given: VolumeAttachment, old: VolumeAttachment | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const { attacher, nodeName = '', source = {} } = loose(given).spec ?? {}
  validateCsiDriverName(errors, 'spec.attacher', attacher)
  validateSource(errors, source)
  addInvalid(errors, 'spec.nodeName', nodeName, isDns1123Subdomain(nodeName))
  validateStatus(errors, loose(given).status ?? {})
  if (old && !semanticEqual(given.spec, old.spec)) errors.push(invalidValue('spec', given.spec, 'field is immutable'))
  return errors
}

export const volumeAttachments = defineResource<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  status: true,
  columns: [
    nameColumn,
    { ...column<VolumeAttachment>('Attacher', 'string', a => a.spec?.attacher, 'Who attaches.'), format: 'name' },
    column('PV', 'string', a => a.spec?.source.persistentVolumeName ?? '', 'What.'),
    column('Node', 'string', a => a.spec?.nodeName, 'Where to.'),
    column('Attached', 'boolean', a => a.status?.attached ?? false, 'Whether it is done.'),
    ageColumn,
  ],
  prepare: (attachment, old, context) => {
    separateStatus(attachment, old, context, () => ({ attached: false }))
    keepMetadataInStatus(attachment, old, context)
  },
  metadataChecks: 'object',
  validate,
  unconditionalUpdate: false,
  deleteAnswersObject: true,
})
