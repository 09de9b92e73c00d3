// Whether a policy or a binding concerns a request: rules with names, exclusions, selectors, and the other versions of a kind.
import type { KubeObject } from '../../../api/object.ts'
import type { AnyResource } from '../../../api/resource.ts'
import { compileLabelSelector, type ParsedLabelSelector } from '../../../api/selectors.ts'
import type { MatchResources, NamedRuleWithOperations } from '../../../api/types/admissionregistration-v1.ts'
import type { Store } from '../../../store/store.ts'
import type { ResourceTable, Served } from '../../resource-table.ts'
import type { AdmissionRequest } from '../admission.ts'
import { lookUp } from '../look-up.ts'
import { matchesObjects, matchesRule, type Target } from '../webhooks/matching.ts'

/** matchConstraints of a policy or matchResources of a binding, compiled. */
export interface Criteria {
  readonly rules: readonly NamedRuleWithOperations[]
  readonly excluded: readonly NamedRuleWithOperations[]
  readonly equivalent: boolean
  readonly namespaceSelector: ParsedLabelSelector
  readonly objectSelector: ParsedLabelSelector
}

export const compileCriteria = (match: MatchResources | undefined): Criteria => ({
  rules: match?.resourceRules ?? [],
  excluded: match?.excludeResourceRules ?? [],
  equivalent: (match?.matchPolicy ?? 'Equivalent') === 'Equivalent',
  namespaceSelector: compileLabelSelector(match?.namespaceSelector ?? {}),
  objectSelector: compileLabelSelector(match?.objectSelector ?? {}),
})

/** Policies never judge policies, nor questions: nobody is locked out by them. */
const exempt: ReadonlySet<string> = new Set([
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'].map(
    plural => `${plural}.admissionregistration.k8s.io`,
  ),
  ...['tokenreviews', 'selfsubjectreviews'].map(plural => `${plural}.authentication.k8s.io`),
  ...['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'].map(
    plural => `${plural}.authorization.k8s.io`,
  ),
])
export const isExempt = (resource: AnyResource): boolean => exempt.has(resource.id)

const namedRule = (rule: NamedRuleWithOperations, target: Target, name: string): boolean =>
  (!rule.resourceNames?.length || rule.resourceNames.includes(name)) && matchesRule(rule, target)

const versionMatching = (
  rules: readonly NamedRuleWithOperations[],
  target: Target,
  name: string,
  equivalents: readonly AnyResource[],
): AnyResource | undefined => [target.resource, ...equivalents].find(resource => rules.some(rule => namedRule(rule, { ...target, resource }, name)))

export interface PolicyMatcher {
  /** The version in which the policy sees the request; undefined: it does not concern it. */
  match(criteria: Criteria, request: AdmissionRequest): Promise<AnyResource | undefined>
  /** The namespace that the request is in; undefined for what is in none, namespaces included. */
  namespaceOf(request: AdmissionRequest): Promise<KubeObject | undefined>
}

export const createPolicyMatcher = (store: Store, table: ResourceTable): PolicyMatcher => {
  const namespace = (name: string): Promise<KubeObject | undefined> => lookUp<KubeObject>(store, table.stored('namespaces').keyOf('', name))

  const namespaceLabels = async ({
    resource,
    subresource,
    operation,
    object,
    name,
    namespace: own,
  }: AdmissionRequest): Promise<Readonly<Record<string, string>>> => {
    const isNamespace = resource.id === 'namespaces'
    if (isNamespace && subresource === '' && operation !== 'DELETE') return object?.metadata.labels ?? {}
    return (await namespace(isNamespace ? name : own))?.metadata.labels ?? {}
  }

  const equivalentsOf = ({ group, version, plural }: AnyResource): readonly AnyResource[] => {
    const own = table.find(group, version, plural)
    const isSame = (served: Served): boolean => served !== own && served.storage === own?.storage
    return table
      .all()
      .filter(isSame)
      .map(({ record }) => record)
  }

  return {
    match: async (criteria, request) => {
      const { resource, object, old, name } = request
      const inNamespace = resource.namespaced ? request.namespace !== '' : resource.id === 'namespaces'
      if (!matchesObjects(criteria.objectSelector, [object, old])) return undefined
      const equivalents = criteria.equivalent ? equivalentsOf(resource) : []
      if (versionMatching(criteria.excluded, request, name, equivalents)) return undefined
      const version = criteria.rules.length ? versionMatching(criteria.rules, request, name, equivalents) : resource
      if (!version) return undefined
      if (inNamespace && !criteria.namespaceSelector.everything && !criteria.namespaceSelector.matches(await namespaceLabels(request))) return undefined
      return version
    },
    namespaceOf: async request => (request.resource.id !== 'namespaces' && request.namespace ? namespace(request.namespace) : undefined),
  }
}
