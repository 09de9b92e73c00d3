// One PolicyRule against one request, as upstream's RuleAllows. Pure.
import type { PolicyRule } from '../../../api/types/rbac-v1.ts'
import type { Attributes } from '../authorizer.ts'

const includes = (list: readonly string[] | undefined, wanted: string): boolean => list !== undefined && (list.includes(wanted) || list.includes('*'))

/** `pods/log` is matched by itself, by a star and by star-slash-`log`; `pods` never stands for its subresources. */
const includesResource = (list: readonly string[] | undefined, resource: string, subresource: string): boolean =>
  list !== undefined &&
  (list.includes('*') || list.includes(subresource ? `${resource}/${subresource}` : resource) || (subresource !== '' && list.includes(`*/${subresource}`)))

/** A star ends a path and stands for any rest; alone it is every path. */
export const pathMatches = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')))

export const ruleAllows = (rule: PolicyRule, { verb, isResource, group, resource, subresource, name, path }: Attributes): boolean => {
  if (!includes(rule.verbs, verb)) return false
  if (!isResource) return rule.nonResourceURLs?.some(pattern => pathMatches(pattern, path)) ?? false
  return (
    includes(rule.apiGroups, group) &&
    includesResource(rule.resources, resource, subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  )
}
