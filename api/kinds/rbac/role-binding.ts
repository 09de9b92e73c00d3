// RoleBinding of rbac.authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { RoleBinding } from '../../types/rbac-v1.ts'

export const roleBindings = defineResource<RoleBinding>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'RoleBinding', plural: 'rolebindings', namespaced: true,
})
