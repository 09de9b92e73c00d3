// A pod template, in every workload.
import { forbiddenField } from '../../field-error.ts'
import type { PodTemplateSpec } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import { validateAnnotations, validateLabels } from '../labels.ts'
import type { Loose } from '../loose.ts'
import { type Annotations, validatePodAnnotations, validateProfilesMatch } from './annotations.ts'
import { type PodRules, templateRules } from './options.ts'
import { validatePodSpec } from './spec.ts'

/** Labels and annotations, those that pods give a meaning included. */
export const validateTemplateMetadata = (errors: Errors, path: string, template: Loose<PodTemplateSpec>, rules: PodRules = templateRules): void => {
  const annotations = template.metadata?.annotations as Annotations | undefined
  if (template.metadata?.labels) validateLabels(errors, `${path}.labels`, template.metadata.labels as Record<string, string>)
  if (annotations) validateAnnotations(errors, `${path}.annotations`, annotations)
  validatePodAnnotations(errors, `${path}.annotations`, annotations, template.spec ?? {}, rules)
}

export const validatePodTemplate = (errors: Errors, path: string, template: Loose<PodTemplateSpec>, rules: PodRules = templateRules): void => {
  const spec = template.spec ?? {}
  const annotations = template.metadata?.annotations as Annotations | undefined
  validateTemplateMetadata(errors, path, template, rules)
  validatePodSpec(errors, `${path}.spec`, spec, undefined, rules)
  validateProfilesMatch(errors, `${path}.spec`, annotations, spec)
  if (spec.ephemeralContainers?.length) errors.push(forbiddenField(`${path}.spec.ephemeralContainers`, 'not allowed in a pod template'))
}
