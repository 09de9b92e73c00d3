// Writes the rules of ClusterRoles that gather those of others by label: admin, edit and view are made so, and operators add theirs.
import { clusterRoles as roleKind } from '../api/kinds/rbac/cluster-role.ts'
import { objectKey } from '../api/object.ts'
import { jsonEqual, type JsonValue } from '../api/patch/json-value.ts'
import { compileLabelSelector } from '../api/selectors.ts'
import { ignoring } from '../api/status.ts'
import type { ClusterRole, PolicyRule } from '../api/types/rbac-v1.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'

const same = (a: unknown, b: unknown): boolean => jsonEqual(a as JsonValue, b as JsonValue)

/** The rules of all roles that a selector takes in, in the order of selectors and names, each once. */
export const aggregateRules = (role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] => {
  const sorted = [...all].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  const rules: PolicyRule[] = []
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selected = compileLabelSelector(selector)
    for (const other of sorted) {
      if (other.metadata.name === role.metadata.name || !selected.matches(other.metadata.labels ?? {})) continue
      for (const rule of other.rules ?? []) if (!rules.some(known => same(known, rule))) rules.push(rule)
    }
  }
  return rules
}

export const createRoleAggregationController = ({ client, informers }: ControllerContext): Controller => {
  const roles = informers.of(roleKind)
  const api = client.of(roleKind)
  return {
    name: 'clusterrole-aggregation-controller',
    // Any role may be one that another gathers.
    watches: [{ informer: roles, toKeys: () => roles.list().flatMap(role => (role.aggregationRule ? [objectKey(role)] : [])) }],
    async reconcile(key) {
      const role = roles.get(key)
      if (!role?.aggregationRule) return undefined
      const rules = aggregateRules(role, roles.list())
      if (same(rules, role.rules ?? [])) return undefined
      await api.update({ ...role, rules }).catch(ignoring('NotFound'))
      return undefined
    },
  }
}
