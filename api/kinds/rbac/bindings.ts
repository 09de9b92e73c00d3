// What both kinds of bindings share.
import type { Column } from '../../resource.ts'
import type { ClusterRoleBinding, RoleBinding, RoleRef, Subject } from '../../types/rbac-v1.ts'
import { ageColumn, column, nameColumn, wide } from '../columns.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

export const defaultBinding = (binding: { roleRef: RoleRef; subjects?: Subject[] }): void => {
  if (!binding.roleRef.apiGroup) binding.roleRef.apiGroup = rbacGroup
  for (const subject of binding.subjects ?? []) if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = rbacGroup
}

const named = (subjects: readonly Subject[] | undefined, kind: string): string =>
  (subjects ?? [])
    .filter(s => s.kind === kind)
    .map(s => (kind === 'ServiceAccount' ? `${s.namespace ?? ''}/${s.name}` : s.name))
    .join(', ')

export const bindingColumns: readonly Column<ClusterRoleBinding | RoleBinding>[] = [
  nameColumn,
  column('Role', 'string', b => `${b.roleRef.kind}/${b.roleRef.name}`, 'What it grants.'),
  ageColumn,
  wide('Users', b => named(b.subjects, 'User')),
  wide('Groups', b => named(b.subjects, 'Group')),
  wide('ServiceAccounts', b => named(b.subjects, 'ServiceAccount')),
]
