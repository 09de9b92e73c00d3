// Which webhooks a request concerns: rules, selectors, and the other versions of a kind under which a rule may know it. Pure.
import type { KubeObject } from '../../../api/object.ts'
import type { AnyResource } from '../../../api/resource.ts'
import type { ParsedLabelSelector } from '../../../api/selectors.ts'
import type { RuleWithOperations } from '../../../api/types/admissionregistration-v1.ts'

/** A request as a rule looks at it. */
export interface Target {
  readonly operation: string
  readonly resource: AnyResource
  readonly subresource: string
}

const exempt: ReadonlySet<string> = new Set(
  [
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ].map(plural => `${plural}.admissionregistration.k8s.io`),
)

/** Whoever configures admission cannot be locked out by it. */
export const isExempt = (resource: AnyResource): boolean => exempt.has(resource.id)

const has = (values: readonly string[] | undefined, value: string): boolean => values?.some(v => v === '*' || v === value) ?? false

const matchesScope = (scope: string | undefined, resource: AnyResource): boolean =>
  scope === undefined || scope === '*' || (scope === 'Namespaced') === resource.namespaced

const matchesResource = (pattern: string, plural: string, subresource: string): boolean => {
  const [resource, sub = ''] = pattern.split('/', 2)
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource)
}

export const matchesRule = (rule: RuleWithOperations, { operation, resource, subresource }: Target): boolean =>
  has(rule.operations, operation) &&
  has(rule.apiGroups, resource.group) &&
  has(rule.apiVersions, resource.version) &&
  matchesScope(rule.scope, resource) &&
  (rule.resources?.some(pattern => matchesResource(pattern, resource.plural, subresource)) ?? false)

/** The version in which a webhook wants to see the request: its own if a rule knows it, else (Equivalent) another of the same kind. */
export const chooseVersion = (rules: readonly RuleWithOperations[], target: Target, equivalents: readonly AnyResource[]): AnyResource | undefined => {
  if (rules.some(rule => matchesRule(rule, target))) return target.resource
  for (const rule of rules) for (const resource of equivalents) if (matchesRule(rule, { ...target, resource })) return resource
  return undefined
}

/** Either state of the object counts: one cannot be hidden by taking a label off. */
export const matchesObjects = (selector: ParsedLabelSelector, objects: readonly (KubeObject | undefined)[]): boolean =>
  selector.everything || objects.some(object => object !== undefined && selector.matches(object.metadata.labels ?? {}))
