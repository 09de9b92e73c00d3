// Role of rbac.authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { Role } from '../../types/rbac-v1.ts'

export const roles = defineResource<Role>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role', plural: 'roles', namespaced: true,
})
