// ClusterRole of rbac.authorization.k8s.io/v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ClusterRole } from '../../types/rbac-v1.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { loose } from '../../validation/loose.ts'
import { isPathSegmentName } from '../../validation/names.ts'
import { validateRules } from '../../validation/rbac.ts'

export const clusterRoles = defineResource<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  validateName: name => [...isPathSegmentName(name)],
  validate: given => {
    const errors: FieldError[] = []
    const role = loose(given)
    validateRules(errors, role.rules ?? [], false)
    if (role.aggregationRule) {
      const selectors = role.aggregationRule.clusterRoleSelectors ?? []
      if (selectors.length === 0) errors.push(required('aggregationRule.clusterRoleSelectors', 'at least one selector is required'))
      selectors.forEach((selector, i) => {
        const path = `aggregationRule.clusterRoleSelectors[${i}]`
        const before = errors.length
        validateLabelSelector(errors, path, selector)
        if (errors.length > before) errors.push(invalidValue(path, selector, 'cannot be read as a selector'))
      })
    }
    return errors
  },
  createOnUpdate: true,
})
