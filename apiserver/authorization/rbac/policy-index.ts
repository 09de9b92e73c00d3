// Roles by name and bindings by subject, kept current by the store's watch: a request looks at the bindings of its user and groups, never at
// all there are.
import type { ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from '../../../api/types/rbac-v1.ts'
import type { Entry } from '../../../store/store.ts'
import { toServiceAccountUser, type UserInfo } from '../../user.ts'
import type { Follower } from '../../follow.ts'

/** One subject of one binding. */
export interface Grant {
  readonly key: string
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string
  readonly name: string
  readonly roleRef: RoleRef
  readonly subject: Subject
}

const subjectKey = ({ kind, name, namespace = '' }: Subject, bindingNamespace: string): string => {
  if (kind !== 'ServiceAccount') return `${kind}:${name}`
  return `User:${toServiceAccountUser(namespace || bindingNamespace, name).name}`
}

/** What a user is known by in bindings: the name, then the groups. */
const keysOf = ({ name, groups }: UserInfo): string[] => [`User:${name}`, ...groups.map(group => `Group:${group}`)]

const scopeOf = (namespace: string, subject: string): string => `${namespace}\n${subject}`

export interface PolicyIndex {
  readonly roles: Follower
  readonly clusterRoles: Follower
  readonly bindings: Follower
  readonly clusterBindings: Follower
  /** Rules of the role; undefined when there is none of that name. */
  rulesOf(ref: Pick<RoleRef, 'kind' | 'name'>, namespace: string): readonly PolicyRule[] | undefined
  /** All grants to the user: cluster-wide ones, then those of the namespace unless that is empty. */
  grantsTo(user: UserInfo, namespace: string): Iterable<Grant>
}

const createRoles = (): Follower & { readonly byKey: Map<string, readonly PolicyRule[]> } => {
  const byKey = new Map<string, readonly PolicyRule[]>()
  const set = (entry: Entry): void => {
    byKey.set(`${entry.namespace}/${entry.name}`, (entry.object() as { rules?: PolicyRule[] }).rules ?? [])
  }
  return {
    byKey,
    set,
    remove: ({ namespace, name }) => void byKey.delete(`${namespace}/${name}`),
    reset: entries => {
      byKey.clear()
      for (const entry of entries) set(entry)
    },
  }
}

/** `byScope` holds grants by namespace and subject, in no order. */
const createBindings = (): Follower & { readonly byScope: Map<string, readonly Grant[]> } => {
  const byScope = new Map<string, readonly Grant[]>()
  const scopesOf = new Map<string, ReadonlySet<string>>()
  const remove = ({ key }: Pick<Entry, 'key'>): void => {
    for (const scope of scopesOf.get(key) ?? []) {
      const left = byScope.get(scope)?.filter(grant => grant.key !== key) ?? []
      if (left.length) byScope.set(scope, left)
      else byScope.delete(scope)
    }
    scopesOf.delete(key)
  }
  const set = (entry: Entry): void => {
    remove(entry)
    const { roleRef, subjects = [] } = entry.object() as unknown as RoleBinding | ClusterRoleBinding
    const { key, namespace, name } = entry
    const scopes = new Set<string>()
    for (const subject of subjects) {
      const scope = scopeOf(namespace, subjectKey(subject, namespace))
      scopes.add(scope)
      byScope.set(scope, [...(byScope.get(scope) ?? []), { key, namespace, name, roleRef, subject }])
    }
    if (scopes.size) scopesOf.set(key, scopes)
  }
  return {
    byScope,
    set,
    remove,
    reset: entries => {
      byScope.clear()
      scopesOf.clear()
      for (const entry of entries) set(entry)
    },
  }
}

export const createPolicyIndex = (): PolicyIndex => {
  const [roles, clusterRoles, bindings, clusterBindings] = [createRoles(), createRoles(), createBindings(), createBindings()]
  return {
    roles,
    clusterRoles,
    bindings,
    clusterBindings,
    rulesOf: ({ kind, name }, namespace) => (kind === 'ClusterRole' ? clusterRoles.byKey.get(`/${name}`) : roles.byKey.get(`${namespace}/${name}`)),
    *grantsTo(user, namespace) {
      const keys = keysOf(user)
      for (const key of keys) yield* clusterBindings.byScope.get(scopeOf('', key)) ?? []
      if (namespace) for (const key of keys) yield* bindings.byScope.get(scopeOf(namespace, key)) ?? []
    },
  }
}
