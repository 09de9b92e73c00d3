// ClusterRoleBinding of rbac.authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ClusterRoleBinding } from '../../types/rbac-v1.ts'

export const clusterRoleBindings = defineResource<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false,
})
