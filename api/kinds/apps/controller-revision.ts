// ControllerRevision of apps/v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ControllerRevision } from '../../types/apps-v1.ts'
import { addImmutable } from '../../validation/equality.ts'
import { ageColumn, column, nameColumn, none } from '../columns.ts'

const validate = (revision: ControllerRevision, old: ControllerRevision | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const isObject = typeof revision.data === 'object' && revision.data !== null && !Array.isArray(revision.data)
  if (!old && !isObject) errors.push(required('data', 'must be a JSON object'))
  if (revision.revision < 0) errors.push(invalidValue('revision', revision.revision, 'must be greater than or equal to 0'))
  if (old) addImmutable(errors, 'data', revision.data, old.data)
  return errors
}

const controller = (revision: ControllerRevision): string => {
  const owner = revision.metadata.ownerReferences?.find(o => o.controller)
  if (!owner) return none
  const slash = owner.apiVersion.indexOf('/')
  return `${owner.kind.toLowerCase()}${slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`}/${owner.name}`
}

export const controllerRevisions = defineResource<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  columns: [
    nameColumn,
    column('Controller', 'string', controller, 'Whose history it belongs to.'),
    column('Revision', 'string', r => r.revision, 'Its number.'),
    ageColumn,
  ],
  validate,
})
