// Where a pod may run: affinity, tolerations, spread, gates.
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '../../types/core-v1.ts'
import type { LabelSelector } from '../../types/meta-v1.ts'
import { addInvalid, addSupported, type Errors } from '../collect.ts'
import { validateLabelName, validateLabelSelector } from '../labels.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../names.ts'
import type { PodRules } from './options.ts'

const validateRequirement = (errors: Errors, path: string, requirement: Loose<NodeSelectorRequirement>, allowInvalidValues: boolean): void => {
  const values = requirement.values ?? []
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(`${path}.values`, 'must be specified when `operator` is In or NotIn'))
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.push(forbiddenField(`${path}.values`, 'may not be specified when `operator` is Exists or DoesNotExist'))
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.push(required(`${path}.values`, 'must be a single value when `operator` is Lt or Gt'))
      break
    default:
      errors.push(invalidValue(`${path}.operator`, requirement.operator, 'not a valid selector operator'))
  }
  validateLabelName(errors, `${path}.key`, requirement.key ?? '')
  if (!allowInvalidValues) values.forEach((value, i) => addInvalid(errors, `${path}.values[${i}]`, value, isLabelValue(value)))
}

const validateFieldRequirement = (errors: Errors, path: string, requirement: Loose<NodeSelectorRequirement>): void => {
  const values = requirement.values ?? []
  if (requirement.operator === 'In' || requirement.operator === 'NotIn') {
    if (values.length !== 1) errors.push(required(`${path}.values`, 'must be a single value for a node field'))
  } else errors.push(invalidValue(`${path}.operator`, requirement.operator, 'not a valid selector operator'))
  if (requirement.key !== 'metadata.name') errors.push(invalidValue(`${path}.key`, requirement.key, 'not a valid field selector key'))
  else values.forEach((value, i) => addInvalid(errors, `${path}.values[${i}]`, value, isDns1123Subdomain(value)))
}

const validateNodeSelectorTerm = (errors: Errors, path: string, term: Loose<NodeSelectorTerm>, allowInvalidValues: boolean): void => {
  term.matchExpressions?.forEach((r, i) => validateRequirement(errors, `${path}.matchExpressions[${i}]`, r, allowInvalidValues))
  term.matchFields?.forEach((r, i) => validateFieldRequirement(errors, `${path}.matchFields[${i}]`, r))
}

export const validateNodeSelector = (errors: Errors, path: string, selector: Loose<NodeSelector>, allowInvalidValues = false): void => {
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) errors.push(required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'))
  terms.forEach((term, i) => validateNodeSelectorTerm(errors, `${path}.nodeSelectorTerms[${i}]`, term, allowInvalidValues))
}

const validateKeys = (errors: Errors, path: string, keys: readonly string[], selector: Loose<LabelSelector> | undefined): void => {
  if (keys.length === 0) return
  if (!selector) errors.push(forbiddenField(path, 'must not be specified when labelSelector is not set'))
  else keys.forEach((key, i) => validateLabelName(errors, `${path}[${i}]`, key))
}

const validatePodAffinityTerm = (errors: Errors, path: string, term: Loose<PodAffinityTerm>, rules: PodRules): void => {
  const leniency = { allowInvalidValues: rules.allowInvalidSelectorValues ?? false }
  const selector = term.labelSelector
  validateLabelSelector(errors, `${path}.labelSelector`, selector, leniency)
  validateLabelSelector(errors, `${path}.namespaceSelector`, term.namespaceSelector, leniency)
  for (const name of term.namespaces ?? []) addInvalid(errors, `${path}.namespace`, name, isDns1123Label(name))
  const match = term.matchLabelKeys ?? []
  const mismatch = term.mismatchLabelKeys ?? []
  validateKeys(errors, `${path}.matchLabelKeys`, match, selector)
  validateKeys(errors, `${path}.mismatchLabelKeys`, mismatch, selector)
  if (selector) {
    const seen = new Set(Object.keys(selector.matchLabels ?? {}))
    for (const { key = '' } of selector.matchExpressions ?? []) {
      const i = match.lastIndexOf(key)
      if (i >= 0 && seen.has(key)) errors.push(invalidValue(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'))
      seen.add(key)
    }
  }
  match.forEach((key, i) => {
    if (mismatch.includes(key)) errors.push(invalidValue(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  })
  if (!term.topologyKey) errors.push(required(`${path}.topologyKey`, 'can not be empty'))
  validateLabelName(errors, `${path}.topologyKey`, term.topologyKey ?? '')
}

const validateWeight = (errors: Errors, path: string, weight: number | undefined): void => {
  if (!weight || weight < 1 || weight > 100) errors.push(invalidValue(`${path}.weight`, weight ?? 0, 'must be in the range 1-100'))
}

export const validateAffinity = (errors: Errors, path: string, affinity: Loose<Affinity>, rules: PodRules): void => {
  const node = affinity.nodeAffinity
  if (node?.requiredDuringSchedulingIgnoredDuringExecution) {
    validateNodeSelector(
      errors,
      `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`,
      node.requiredDuringSchedulingIgnoredDuringExecution,
      rules.allowInvalidNodeAffinityValues,
    )
  }
  node?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
    const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${i}]`
    validateWeight(errors, at, term.weight)
    // Preferences with values that no label can have simply match nothing.
    validateNodeSelectorTerm(errors, `${at}.preference`, term.preference ?? {}, true)
  })
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    affinity[kind]?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) =>
      validatePodAffinityTerm(errors, `${path}.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`, term, rules),
    )
    affinity[kind]?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
      const at = `${path}.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`
      validateWeight(errors, at, term.weight)
      validatePodAffinityTerm(errors, `${at}.podAffinityTerm`, term.podAffinityTerm ?? {}, rules)
    })
  }
}

export const taintEffects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const validateTolerations = (errors: Errors, path: string, tolerations: readonly Loose<Toleration>[]): void => {
  tolerations.forEach((toleration, i) => {
    const at = `${path}[${i}]`
    const { key, operator = '', value = '', effect = '' } = toleration
    if (key) validateLabelName(errors, `${at}.key`, key)
    if (!key && operator !== 'Exists') errors.push(invalidValue(`${at}.operator`, operator, 'must be Exists when `key` is empty'))
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalidValue(`${at}.effect`, effect, 'must be NoExecute when `tolerationSeconds` is set'))
    if (operator === 'Equal' || operator === '') {
      const messages = isLabelValue(value)
      if (messages.length) errors.push(invalidValue(`${at}.operator`, value, messages.join('; ')))
    } else if (operator === 'Exists') {
      if (value) errors.push(invalidValue(`${at}.operator`, value, 'value must be empty when `operator` is Exists'))
    } else errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']))
    if (effect && !taintEffects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, taintEffects))
  })
}

export const validateSchedulingGates = (errors: Errors, path: string, gates: readonly Loose<PodSchedulingGate>[]): void => {
  const seen = new Set<string>()
  gates.forEach((gate, i) => {
    const name = gate.name ?? ''
    addInvalid(errors, `${path}[${i}]`, name, isQualifiedName(name))
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}]`, name))
    seen.add(name)
  })
}

export const validateTopologySpread = (errors: Errors, path: string, constraints: readonly Loose<TopologySpreadConstraint>[], rules: PodRules): void => {
  constraints.forEach((constraint, i) => {
    const at = `${path}[${i}]`
    const { maxSkew = 0, minDomains, whenUnsatisfiable = '', labelSelector } = constraint
    if (maxSkew <= 0) errors.push(invalidValue(`${at}.maxSkew`, maxSkew, 'must be greater than zero'))
    if (!constraint.topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    addSupported(errors, `${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'])
    if (constraints.slice(i + 1).some(other => other.topologyKey === constraint.topologyKey && (other.whenUnsatisfiable ?? '') === whenUnsatisfiable)) {
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${constraint.topologyKey}, ${whenUnsatisfiable}}`))
    }
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalidValue(`${at}.minDomains`, minDomains, 'must be greater than zero'))
      if (whenUnsatisfiable !== 'DoNotSchedule') errors.push(invalidValue(`${at}.minDomains`, minDomains, 'needs whenUnsatisfiable DoNotSchedule'))
    }
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      if (constraint[policy] !== undefined) addSupported(errors, `${at}.${policy}`, constraint[policy], ['Honor', 'Ignore'])
    }
    const keys = constraint.matchLabelKeys ?? []
    if (keys.length && !labelSelector) errors.push(forbiddenField(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'))
    const selected = new Set([...Object.keys(labelSelector?.matchLabels ?? {}), ...(labelSelector?.matchExpressions ?? []).map(e => e.key ?? '')])
    keys.forEach((key, j) => {
      validateLabelName(errors, `${at}.matchLabelKeys[${j}]`, key)
      if (selected.has(key)) errors.push(invalidValue(`${at}.matchLabelKeys[${j}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    })
    if (!rules.allowInvalidSpreadSelector) validateLabelSelector(errors, `${at}.labelSelector`, labelSelector)
  })
}
