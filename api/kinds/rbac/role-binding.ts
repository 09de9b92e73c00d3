// RoleBinding of rbac.authorization.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { RoleBinding } from '../../types/rbac-v1.ts'
import { loose } from '../../validation/loose.ts'
import { isPathSegmentName } from '../../validation/names.ts'
import { validateBinding, validateRoleRefChange } from '../../validation/rbac.ts'
import { bindingColumns, defaultBinding } from './bindings.ts'

export const roleBindings = defineResource<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  columns: bindingColumns,
  validateName: name => [...isPathSegmentName(name)],
  default: defaultBinding,
  validate: (binding, old) => {
    const errors: FieldError[] = []
    validateBinding(errors, loose(binding), true)
    if (old) validateRoleRefChange(errors, loose(binding), loose(old))
    return errors
  },
  createOnUpdate: true,
})
