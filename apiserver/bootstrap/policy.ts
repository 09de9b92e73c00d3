// The default roles and bindings as objects, from the lines that state them. Pure.
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../../api/types/rbac-v1.ts'
import { clusterRoleSubjects } from './bindings.ts'
import { clusterRoles } from './cluster-roles.ts'
import { controllerRoles } from './controller-roles.ts'
import { namespacedRoles } from './namespaced-roles.ts'

const apiGroup = 'rbac.authorization.k8s.io'
const apiVersion = `${apiGroup}/v1`
export const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'

/** `verbs groups resources [names]`, or `verbs paths`. */
export const parseRule = (line: string): PolicyRule => {
  const [verbs = [], second = [], resources, names] = line.split(' ').map(part => part.split(','))
  if (!resources) return { verbs, nonResourceURLs: second }
  return { verbs, apiGroups: second.map(group => (group === 'core' ? '' : group)), resources, ...(names && { resourceNames: names }) }
}

const parseSubject = (text: string): Subject => {
  const at = text.indexOf(':')
  const name = text.slice(at + 1)
  if (text.startsWith('user:')) return { kind: 'User', apiGroup, name }
  if (text.startsWith('group:')) return { kind: 'Group', apiGroup, name }
  const [namespace = '', account = ''] = name.split('/')
  return { kind: 'ServiceAccount', name: account, namespace }
}

/** A role of somebody else's component, in the same words. */
export interface ComponentRole {
  readonly name: string
  readonly rules: readonly string[]
  readonly subjects: readonly string[]
}

type Meta = ClusterRole['metadata']
const metaOf = (name: string, labels: Readonly<Record<string, string>> = {}): Meta => ({
  name,
  annotations: { [autoUpdate]: 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
})

const aggregateTo = (role: string): Record<string, string> => ({ [`${apiGroup}/aggregate-to-${role}`]: 'true' })
const aggregated = (name: string, labels?: Record<string, string>): ClusterRole => ({
  kind: 'ClusterRole',
  apiVersion,
  metadata: metaOf(name, labels),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] },
})

/** What controllers aggregate into admin, edit and view; each includes the next. */
const partLabels: Readonly<Record<string, Record<string, string>>> = {
  'system:aggregate-to-admin': aggregateTo('admin'),
  'system:aggregate-to-edit': aggregateTo('edit'),
  'system:aggregate-to-view': aggregateTo('view'),
}

const controllerPrefix = 'system:controller:'
const plainRoles = Object.entries({
  ...clusterRoles,
  ...Object.fromEntries(Object.entries(controllerRoles).map(([name, rules]) => [controllerPrefix + name, rules])),
})

export const defaultClusterRoles = (): ClusterRole[] => [
  aggregated('admin'),
  aggregated('edit', aggregateTo('admin')),
  aggregated('view', aggregateTo('edit')),
  ...plainRoles.map(([name, rules]): ClusterRole => ({
    kind: 'ClusterRole',
    apiVersion,
    metadata: metaOf(name, partLabels[name]),
    rules: rules.map(parseRule),
  })),
]

const bindingOf = (role: string, subjects: readonly string[]): ClusterRoleBinding => ({
  kind: 'ClusterRoleBinding',
  apiVersion,
  metadata: metaOf(role),
  roleRef: { apiGroup, kind: 'ClusterRole', name: role },
  ...(subjects.length && { subjects: subjects.map(parseSubject) }),
})

export const defaultClusterRoleBindings = (): ClusterRoleBinding[] => [
  ...Object.entries(clusterRoleSubjects).map(([role, subjects]) => bindingOf(role, subjects)),
  ...Object.keys(controllerRoles).map(name => bindingOf(controllerPrefix + name, [`account:kube-system/${name}`])),
]

const withoutLabel = <T extends { metadata: Meta }>(object: T): T => {
  const { labels: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

export const toComponentRole = ({ name, rules }: ComponentRole): ClusterRole =>
  withoutLabel({ kind: 'ClusterRole', apiVersion, metadata: metaOf(name), rules: rules.map(parseRule) })
export const toComponentBinding = ({ name, subjects }: ComponentRole): ClusterRoleBinding => withoutLabel(bindingOf(name, subjects))

export const defaultRoles = (): Role[] =>
  namespacedRoles.map(({ namespace, name, rules }) => ({ kind: 'Role', apiVersion, metadata: { ...metaOf(name), namespace }, rules: rules.map(parseRule) }))

export const defaultRoleBindings = (): RoleBinding[] =>
  namespacedRoles.map(({ namespace, name, binding, subjects }) => ({
    kind: 'RoleBinding',
    apiVersion,
    metadata: { ...metaOf(binding ?? name), namespace },
    roleRef: { apiGroup, kind: 'Role', name },
    subjects: subjects.map(parseSubject),
  }))

/** What a node may do as far as no object's relation to it decides (the Node authorizer's static part). */
export const nodeRules = (): PolicyRule[] => (clusterRoles['system:node'] ?? []).map(parseRule)
