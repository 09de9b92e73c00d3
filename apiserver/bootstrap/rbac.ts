// Default roles and bindings are there from the first start, and brought up to date at every start, as upstream reconciles them: what is
// missing is added, what others added stays, and objects whose annotation says no are left alone.
import type { KubeObject } from '../../api/object.ts'
import type { AggregationRule, ClusterRole, ClusterRoleBinding, Role, RoleBinding, Subject } from '../../api/types/rbac-v1.ts'
import { uncoveredRules } from '../authorization/rbac/covers.ts'
import type { Parts } from '../context.ts'
import { sameValue } from '../verbs/metadata.ts'
import { reconcileObject } from '../own-objects.ts'
import {
  autoUpdate,
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
  toComponentBinding,
  toComponentRole,
} from './policy.ts'

type AnyRole = Role & { aggregationRule?: AggregationRule }
type AnyBinding = RoleBinding | ClusterRoleBinding

/** Labels and annotations of both; what is wanted wins. */
const mergeMeta = (current: KubeObject, wanted: KubeObject): KubeObject['metadata'] => ({
  ...current.metadata,
  labels: { ...current.metadata.labels, ...wanted.metadata.labels },
  annotations: { ...current.metadata.annotations, ...wanted.metadata.annotations },
})

/** The common case, found without making anything. */
const holdsMeta = (current: KubeObject, wanted: KubeObject): boolean => {
  const holds = (own: Record<string, string> = {}, more: Record<string, string> = {}): boolean =>
    Object.entries(more).every(([key, value]) => own[key] === value)
  return holds(current.metadata.labels, wanted.metadata.labels) && holds(current.metadata.annotations, wanted.metadata.annotations)
}

const isLocked = ({ metadata }: KubeObject): boolean => metadata.annotations?.[autoUpdate] === 'false'

const missingOf = <T>(current: readonly T[], wanted: readonly T[]): T[] => wanted.filter(item => !current.some(own => sameValue(own, item)))

export const reconcileRole = <T extends AnyRole>(current: T | undefined, wanted: T): T | undefined => {
  if (!current) return wanted
  if (isLocked(current)) return undefined
  if (sameValue(current.rules, wanted.rules) && sameValue(current.aggregationRule, wanted.aggregationRule) && holdsMeta(current, wanted)) return undefined
  const role = { ...current, metadata: mergeMeta(current, wanted) }
  if (!wanted.aggregationRule) return { ...role, rules: [...(current.rules ?? []), ...uncoveredRules(current.rules ?? [], wanted.rules ?? [])] }
  // Rules of an aggregated role are the aggregation's to write.
  const selectors = current.aggregationRule?.clusterRoleSelectors ?? []
  const missing = missingOf(selectors, wanted.aggregationRule.clusterRoleSelectors ?? [])
  return { ...role, aggregationRule: { clusterRoleSelectors: [...selectors, ...missing] } }
}

export const reconcileBinding = <T extends AnyBinding>(current: T | undefined, wanted: T): T | undefined => {
  if (!current) return wanted
  if (isLocked(current)) return undefined
  // A role reference cannot be changed: what points elsewhere gives way.
  if (!sameValue(current.roleRef, wanted.roleRef)) return wanted
  if (sameValue(current.subjects, wanted.subjects) && holdsMeta(current, wanted)) return undefined
  const subjects: Subject[] = [...(current.subjects ?? []), ...missingOf(current.subjects ?? [], wanted.subjects ?? [])]
  return { ...current, metadata: mergeMeta(current, wanted), ...(subjects.length && { subjects }) }
}

const atOnce = 16

export const ensurePolicy = async (parts: Pick<Parts, 'store' | 'clock' | 'table' | 'config'>): Promise<void> => {
  const own = parts.config.roles
  const tasks: (() => Promise<void>)[] = []
  const add = <T extends AnyRole | AnyBinding>(
    plural: string,
    objects: readonly T[],
    reconcile: (current: T | undefined, wanted: T) => T | undefined,
  ): void => {
    const served = parts.table.stored(`${plural}.rbac.authorization.k8s.io`)
    for (const wanted of objects) {
      const { name = '', namespace = '' } = wanted.metadata
      const next = (current: KubeObject | undefined): KubeObject | undefined => reconcile(current as unknown as T | undefined, wanted)
      tasks.push(() => reconcileObject(parts, served, served.keyOf(namespace, name), next))
    }
  }
  add<ClusterRole>('clusterroles', [...defaultClusterRoles(), ...own.map(toComponentRole)], reconcileRole)
  add<ClusterRoleBinding>('clusterrolebindings', [...defaultClusterRoleBindings(), ...own.map(toComponentBinding)], reconcileBinding)
  add<Role>('roles', defaultRoles(), reconcileRole)
  add<RoleBinding>('rolebindings', defaultRoleBindings(), reconcileBinding)
  for (let i = 0; i < tasks.length; i += atOnce) await Promise.all(tasks.slice(i, i + atOnce).map(task => task()))
}
