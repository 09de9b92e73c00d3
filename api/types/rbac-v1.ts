// Generated from api/schema/rbac.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { LabelSelector, ListMeta, ObjectMeta } from './meta-v1.ts'

export interface AggregationRule {
  clusterRoleSelectors?: LabelSelector[]
}

export interface ClusterRole {
  aggregationRule?: AggregationRule
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  rules?: PolicyRule[]
}

export interface ClusterRoleBinding {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  roleRef: RoleRef
  subjects?: Subject[]
}

export interface ClusterRoleBindingList {
  apiVersion: string
  items: ClusterRoleBinding[]
  kind: string
  metadata: ListMeta
}

export interface ClusterRoleList {
  apiVersion: string
  items: ClusterRole[]
  kind: string
  metadata: ListMeta
}

export interface PolicyRule {
  apiGroups?: string[]
  nonResourceURLs?: string[]
  resourceNames?: string[]
  resources?: string[]
  verbs: string[]
}

export interface Role {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  rules?: PolicyRule[]
}

export interface RoleBinding {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  roleRef: RoleRef
  subjects?: Subject[]
}

export interface RoleBindingList {
  apiVersion: string
  items: RoleBinding[]
  kind: string
  metadata: ListMeta
}

export interface RoleList {
  apiVersion: string
  items: Role[]
  kind: string
  metadata: ListMeta
}

export interface RoleRef {
  apiGroup?: string
  kind: string
  name: string
}

export interface Subject {
  apiGroup?: string
  kind: string
  name: string
  namespace?: string
}
