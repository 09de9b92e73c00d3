// Roles and their bindings.
import { invalidValue, notSupported, required } from '../field-error.ts'
import type { PolicyRule, RoleRef, Subject } from '../types/rbac-v1.ts'
import { addInvalid, type Errors } from './collect.ts'
import { addImmutable } from './equality.ts'
import type { Loose } from './loose.ts'
import { isDns1123Subdomain, isPathSegmentName } from './names.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

export const validateRules = (errors: Errors, rules: readonly Loose<PolicyRule>[], namespaced: boolean): void => {
  rules.forEach((rule, i) => {
    const path = `rules[${i}]`
    if (!rule.verbs?.length) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
    if (rule.nonResourceURLs?.length) {
      if (namespaced) errors.push(invalidValue(`${path}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length)
        errors.push(invalidValue(`${path}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both resources and non-resource URLs'))
      return
    }
    if (!rule.apiGroups?.length) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
    if (!rule.resources?.length) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
  })
}

const validateSubject = (errors: Errors, path: string, subject: Loose<Subject>, namespaced: boolean): void => {
  const { name = '', kind, apiGroup = '', namespace } = subject
  if (!name) errors.push(required(`${path}.name`))
  if (kind === 'ServiceAccount') {
    if (name) addInvalid(errors, `${path}.name`, name, isDns1123Subdomain(name))
    if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']))
    if (!namespaced && !namespace) errors.push(required(`${path}.namespace`))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbacGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]))
  } else errors.push(notSupported(`${path}.kind`, kind ?? '', ['Group', 'ServiceAccount', 'User']))
}

interface Binding {
  roleRef?: Loose<RoleRef> | undefined
  subjects?: readonly Loose<Subject>[] | undefined
}

export const validateBinding = (errors: Errors, binding: Binding, namespaced: boolean): void => {
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {}
  if (apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', apiGroup, [rbacGroup]))
  if (kind !== 'ClusterRole' && !(namespaced && kind === 'Role'))
    errors.push(notSupported('roleRef.kind', kind, namespaced ? ['ClusterRole', 'Role'] : ['ClusterRole']))
  if (!name) errors.push(required('roleRef.name'))
  else addInvalid(errors, 'roleRef.name', name, isPathSegmentName(name))
  binding.subjects?.forEach((subject, i) => validateSubject(errors, `subjects[${i}]`, subject, namespaced))
}

export const validateRoleRefChange = (errors: Errors, binding: Binding, old: Binding): void => {
  addImmutable(errors, 'roleRef', binding.roleRef, old.roleRef)
}
