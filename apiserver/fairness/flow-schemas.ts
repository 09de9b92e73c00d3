// Which flow a request belongs to: the first FlowSchema, by precedence and then name, one of whose rules it matches. Pure.
import type { FlowSchema, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../../api/types/flowcontrol-v1.ts'
import type { RequestInfo } from '../request-info.ts'
import type { UserInfo } from '../user.ts'

export type RequestShape = Pick<RequestInfo, 'isResource' | 'verb' | 'group' | 'plural' | 'subresource' | 'namespace' | 'path'>
export type Caller = Pick<UserInfo, 'name' | 'groups'>

const has = (values: readonly string[] | undefined, wanted: string): boolean => values?.some(v => v === '*' || v === wanted) ?? false

const matchesSubject = ({ kind, user, group, serviceAccount }: Subject, caller: Caller): boolean => {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === caller.name)
    case 'Group':
      return group !== undefined && (group.name === '*' || caller.groups.includes(group.name))
    case 'ServiceAccount': {
      const prefix = `system:serviceaccount:${serviceAccount?.namespace}:`
      return caller.name.startsWith(prefix) && (serviceAccount?.name === '*' || caller.name === `${prefix}${serviceAccount?.name}`)
    }
    default:
      return false
  }
}

const matchesResource = (rule: ResourcePolicyRule, shape: RequestShape): boolean =>
  has(rule.verbs, shape.verb) &&
  has(rule.apiGroups, shape.group) &&
  has(rule.resources, shape.subresource ? `${shape.plural}/${shape.subresource}` : shape.plural) &&
  (shape.namespace ? has(rule.namespaces, shape.namespace) : rule.clusterScope === true)

/** `/healthz` means that path alone, `/healthz/*` all below it. */
const matchesPath = ({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: RequestShape): boolean =>
  has(verbs, verb) && nonResourceURLs.some(url => url === '*' || url === path || (url.endsWith('/*') && path.startsWith(url.slice(0, -1))))

const matchesRule = ({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, caller: Caller, shape: RequestShape): boolean =>
  subjects.some(subject => matchesSubject(subject, caller)) &&
  ((shape.isResource ? resourceRules?.some(rule => matchesResource(rule, shape)) : nonResourceRules?.some(rule => matchesPath(rule, shape))) ?? false)

/** `schemas` are in their order. */
export const findFlowSchema = (schemas: readonly FlowSchema[], caller: Caller, shape: RequestShape): FlowSchema | undefined =>
  schemas.find(({ spec }) => spec.rules?.some(rule => matchesRule(rule, caller, shape)))

/** What tells the flows of one schema apart. */
export const distinguish = ({ spec }: FlowSchema, caller: Caller, shape: RequestShape): string => {
  switch (spec.distinguisherMethod?.type) {
    case 'ByUser':
      return caller.name
    case 'ByNamespace':
      return shape.namespace
    default:
      return ''
  }
}
