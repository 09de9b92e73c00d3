// A Pod as a whole: on creation, on update of its parts, of its status and of its ephemeral containers.
import { type FieldError, forbiddenField, invalidValue, required } from '../../field-error.ts'
import type { Pod, PodSpec } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import { semanticEqual } from '../equality.ts'
import { type Loose, loose } from '../loose.ts'
import { hasWrongDeletionCost, mirrorKey, validatePodAnnotationChanges, validatePodAnnotations, validateProfilesMatch } from './annotations.ts'
import { validateImageWhitespace } from './containers.ts'
import { type PodRules, podRules } from './options.ts'
import { validateTolerations } from './scheduling.ts'
import { validatePodSpec } from './spec.ts'
import { validatePodStatus } from './status.ts'

const validateWhole = (errors: Errors, pod: Loose<Pod>, rules: PodRules): void => {
  const spec = pod.spec ?? {}
  validatePodAnnotations(errors, 'metadata.annotations', pod.metadata?.annotations as Record<string, string> | undefined, spec, rules)
  validatePodSpec(errors, 'spec', spec, pod.metadata?.name, rules)
  if (!spec.serviceAccountName) {
    spec.volumes?.forEach((volume, i) =>
      volume.projected?.sources?.forEach((source, j) => {
        if (source.serviceAccountToken)
          errors.push(forbiddenField(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, 'needs serviceAccountName'))
      }),
    )
  }
  for (const key of ['containers', 'initContainers'] as const) spec[key]?.forEach((c, i) => validateImageWhitespace(errors, `spec.${key}[${i}].image`, c.image))
}

export const validatePodCreate = (created: Pod): FieldError[] => {
  const errors: Errors = []
  const pod = loose(created)
  const spec = pod.spec ?? {}
  validateWhole(errors, pod, podRules)
  if (spec.ephemeralContainers?.length) errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName && spec.schedulingGates?.length) errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  validateProfilesMatch(errors, 'spec', pod.metadata?.annotations as Record<string, string> | undefined, spec)
  return errors
}

/** False where the number of containers changed: nothing further can be compared. */
const validateImages = (errors: Errors, key: 'containers' | 'initContainers', spec: Loose<PodSpec>, old: Loose<PodSpec>): boolean => {
  const containers = spec[key] ?? []
  if (containers.length !== (old[key] ?? []).length) {
    errors.push(forbiddenField(`spec.${key}`, 'pod updates may not add or remove containers'))
    return false
  }
  containers.forEach((container, i) => {
    if (!container.image) errors.push(required(`spec.${key}[${i}].image`))
    validateImageWhitespace(errors, `spec.${key}[${i}].image`, container.image)
  })
  return true
}

/** From nothing to something, or down. False where nothing further is judged. */
const validateDeadline = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): boolean => {
  const path = 'spec.activeDeadlineSeconds'
  const [value, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds]
  if (value === undefined) {
    if (before !== undefined) errors.push(invalidValue(path, null, 'must not be removed'))
    return true
  }
  if (value < 0 || value > 2 ** 31 - 1) {
    errors.push(invalidValue(path, value, 'must be between 0 and 2147483647'))
    return false
  }
  if (before !== undefined && before < value) {
    errors.push(invalidValue(path, value, 'must be less than or equal to previous value'))
    return false
  }
  return true
}

const validateTolerationChange = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): void => {
  const tolerations = spec.tolerations ?? []
  const kept = (old.tolerations ?? []).every(before => tolerations.some(t => semanticEqual({ ...before, tolerationSeconds: t.tolerationSeconds }, t)))
  if (!kept) errors.push(forbiddenField('spec.tolerations', 'existing tolerations can only change their tolerationSeconds'))
  else validateTolerations(errors, 'spec.tolerations', tolerations)
}

const validateGateChange = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): void => {
  const before = new Set((old.schedulingGates ?? []).map(gate => gate.name))
  spec.schedulingGates?.forEach((gate, i) => {
    if (!before.has(gate.name)) errors.push(forbiddenField(`spec.schedulingGates[${i}].name`, 'gates can only be deleted'))
  })
}

/** A gated pod may still be narrowed: more node selector, more required node affinity. Answers the spec without what it was allowed. */
const narrowGated = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): Loose<PodSpec> => {
  const rest = { ...spec, nodeSelector: old.nodeSelector }
  const selector = (spec.nodeSelector ?? {}) as Record<string, string>
  for (const [key, value] of Object.entries((old.nodeSelector ?? {}) as Record<string, string>)) {
    if (selector[key] !== value) {
      errors.push(invalidValue('spec.nodeSelector', selector, 'only additions are allowed'))
      break
    }
  }
  const [node, oldNode] = [spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity]
  if (semanticEqual(node, oldNode)) return rest
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const terms = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const oldTerms = oldNode?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) errors.push(invalidValue(path, terms, 'terms can be neither added nor deleted'))
  else {
    oldTerms.forEach((before, i) => {
      const term = terms[i] ?? {}
      const grows = (key: 'matchExpressions' | 'matchFields'): boolean => {
        const was = before[key] ?? []
        return semanticEqual((term[key] ?? []).slice(0, was.length), was)
      }
      const empty = !before.matchExpressions?.length && !before.matchFields?.length
      const filled = Boolean(term.matchExpressions?.length) || Boolean(term.matchFields?.length)
      if ((empty && filled) || !grows('matchExpressions') || !grows('matchFields'))
        errors.push(invalidValue(`${path}[${i}]`, term, 'only additions are allowed'))
    })
  }
  const affinity = { ...spec.affinity, nodeAffinity: oldNode }
  const bare = !old.affinity && !affinity.podAffinity && !affinity.podAntiAffinity && !oldNode
  return { ...rest, affinity: bare ? undefined : affinity }
}

const withOldImages = (spec: Loose<PodSpec>, old: Loose<PodSpec>, key: 'containers' | 'initContainers'): Loose<PodSpec>['containers'] =>
  spec[key]?.map((container, i) => ({ ...container, image: old[key]?.[i]?.image }))

const validateSpecChange = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): void => {
  if (!validateImages(errors, 'containers', spec, old) || !validateImages(errors, 'initContainers', spec, old)) return
  if (!validateDeadline(errors, spec, old)) return
  validateTolerationChange(errors, spec, old)
  validateGateChange(errors, spec, old)
  if (semanticEqual(spec, old)) return
  let rest: Loose<PodSpec> = {
    ...spec,
    containers: withOldImages(spec, old, 'containers'),
    initContainers: withOldImages(spec, old, 'initContainers'),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
  }
  const grace = old.terminationGracePeriodSeconds
  if (grace !== undefined && grace < 0 && spec.terminationGracePeriodSeconds === 1) rest.terminationGracePeriodSeconds = grace
  if (old.schedulingGates?.length) rest = narrowGated(errors, rest, old)
  if (!semanticEqual(rest, old)) {
    errors.push(
      forbiddenField(
        'spec',
        'pod updates may only change images of containers, activeDeadlineSeconds, tolerations (additions) and a negative terminationGracePeriodSeconds',
      ),
    )
  }
}

const validateEphemeralChange = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): void => {
  const path = 'spec.ephemeralContainers'
  for (const before of old.ephemeralContainers ?? []) {
    const now = spec.ephemeralContainers?.find(c => c.name === before.name)
    if (!now) errors.push(forbiddenField(path, `existing ephemeral container ${before.name} may not be removed`))
    else if (!semanticEqual(now, before)) errors.push(forbiddenField(path, `existing ephemeral container ${before.name} may not be changed`))
  }
}

/** Faults that the stored pod already has may stay in it. */
const leniency = (old: Loose<Pod>): PodRules => {
  const errors: Errors = []
  validatePodSpec(errors, 'spec', old.spec ?? {}, old.metadata?.name, podRules)
  if (errors.length === 0) return podRules
  const has = (pattern: RegExp): boolean => errors.some(e => pattern.test(e.field))
  return {
    isPod: true,
    allowInvalidSelectorValues: has(/[aA]ffinity.*elector\.matchExpressions.*values/),
    allowIndivisibleHugePages: has(/hugepages-/),
    allowInvalidSpreadSelector: has(/topologySpreadConstraints.*labelSelector/),
    allowNonLocalTokenPath: has(/projected\.path/),
    allowHostSysctls: has(/sysctls/),
    allowInvalidNodeAffinityValues: has(/nodeAffinity.*values/),
  }
}

export const validatePodUpdate = (updated: Pod, stored: Pod, subresource: string | undefined): FieldError[] => {
  const errors: Errors = []
  const [pod, old] = [loose(updated), loose(stored)]
  const annotations = pod.metadata?.annotations as Record<string, string> | undefined
  const before = old.metadata?.annotations as Record<string, string> | undefined
  if (subresource === 'status') {
    validatePodAnnotationChanges(errors, 'metadata.annotations', annotations, before)
    validatePodAnnotations(errors, 'metadata.annotations', annotations, pod.spec ?? {}, podRules)
    validatePodStatus(errors, pod, old)
    return errors
  }
  const rules = { ...leniency(old), allowInvalidDeletionCost: hasWrongDeletionCost(before) }
  validateWhole(errors, pod, rules)
  validatePodAnnotationChanges(errors, 'metadata.annotations', annotations, before)
  validatePodAnnotations(errors, 'metadata.annotations', annotations, pod.spec ?? {}, rules)
  if (subresource === 'ephemeralcontainers') {
    if (before?.[mirrorKey] !== undefined) return [forbiddenField('', 'static pods do not support ephemeral containers')]
    validateEphemeralChange(errors, pod.spec ?? {}, old.spec ?? {})
  } else if (subresource !== 'resize') validateSpecChange(errors, pod.spec ?? {}, old.spec ?? {})
  return errors
}
