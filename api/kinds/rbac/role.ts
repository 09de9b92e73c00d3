// Role of rbac.authorization.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { Role } from '../../types/rbac-v1.ts'
import { loose } from '../../validation/loose.ts'
import { isPathSegmentName } from '../../validation/names.ts'
import { validateRules } from '../../validation/rbac.ts'

export const roles = defineResource<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  validateName: name => [...isPathSegmentName(name)],
  validate: role => {
    const errors: FieldError[] = []
    validateRules(errors, loose(role).rules ?? [], true)
    return errors
  },
  createOnUpdate: true,
})
