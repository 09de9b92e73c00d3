// CSINode of storage.k8s.io/v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { CSINode } from '../../types/storage-v1.ts'
import { validateCsiNodeDrivers } from '../../validation/csi.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const validate = (node: CSINode, old: CSINode | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const before = old?.spec?.drivers ?? []
  validateCsiNodeDrivers(errors, 'spec.drivers', loose(node).spec?.drivers ?? [], new Set(before.map(d => d.nodeID)))
  // Drivers come and go, but one that stays keeps all except what it can hold.
  const identity = (driver: (typeof before)[number]): unknown => ({ ...driver, allocatable: undefined })
  for (const was of before) {
    const now = node.spec?.drivers?.find(d => d.name === was.name)
    if (now && !semanticEqual(identity(now), identity(was))) errors.push(invalidValue('spec.drivers', now, 'field is immutable'))
  }
  return errors
}

export const csiNodes = defineResource<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  columns: [nameColumn, column('Drivers', 'integer', n => n.spec?.drivers?.length ?? 0, 'How many drivers it has.'), ageColumn],
  deleteAnswersObject: true,
  metadataChecks: 'object',
  validate,
  unconditionalUpdate: false,
})
