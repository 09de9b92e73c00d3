// Namespace of v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { Namespace } from '../../types/core-v1.ts'
import { isDns1123Label } from '../../validation/names.ts'
import { validateFinalizerName, validateStandardFinalizer } from '../../validation/object-meta.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const finalizer = 'kubernetes'

const defaultNamespace = (namespace: Namespace): void => {
  if (namespace.metadata.name) (namespace.metadata.labels ??= {})[nameLabel] = namespace.metadata.name
  const status = (namespace.status ??= {})
  status.phase ??= 'Active'
}

const prepare = (namespace: Namespace, old: Namespace | undefined, context: WriteContext): void => {
  if (!old) {
    namespace.status = { phase: 'Active' }
    const spec = (namespace.spec ??= {})
    const finalizers = (spec.finalizers ??= [])
    if (!finalizers.includes(finalizer)) finalizers.push(finalizer)
    return
  }
  if (context.subresource !== 'finalize') {
    namespace.spec = structuredClone(old.spec)
  }
  if (context.subresource !== 'status') {
    if (old.status) namespace.status = structuredClone(old.status)
    else delete namespace.status
  }
}

const validate = (namespace: Namespace, old: Namespace | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  const finalizers = (path: (i: number) => string): void =>
    namespace.spec?.finalizers?.forEach((name, i) => {
      validateFinalizerName(errors, path(i), name)
      validateStandardFinalizer(errors, path(i), name)
    })
  if (!old) finalizers(() => 'spec.finalizers')
  else if (context.subresource === 'finalize') finalizers(i => `spec.finalizers[${i}]`)
  else if (context.subresource === 'status') {
    const expected = namespace.metadata.deletionTimestamp ? 'Terminating' : 'Active'
    if (namespace.status?.phase !== expected) errors.push(invalidValue('status.Phase', namespace.status?.phase, `may only be ${expected} now`))
  }
  return errors
}

export const namespaces = defineResource<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  shortNames: ['ns'],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  status: true,
  columns: [nameColumn, column('Status', 'string', n => n.status?.phase ?? '', 'Whether it lives or goes.'), ageColumn],
  selectableFields: { 'status.phase': n => n.status?.phase ?? '' },
  validateName: name => [...isDns1123Label(name)],
  default: defaultNamespace,
  // The label of a generated name comes with the name.
  canonicalize: namespace => {
    ;(namespace.metadata.labels ??= {})[nameLabel] = namespace.metadata.name ?? ''
  },
  prepare,
  validate,
  deleteAnswersObject: true,
})
