// ClusterRole of rbac.authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ClusterRole } from '../../types/rbac-v1.ts'

export const clusterRoles = defineResource<ClusterRole>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false,
})
