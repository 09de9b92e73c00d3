// Annotations that mean something to pods: mirror pods, deletion cost, and the older spellings of seccomp and AppArmor profiles.
import { forbiddenField, invalidValue } from '../../field-error.ts'
import type { AppArmorProfile, PodSpec, SeccompProfile } from '../../types/core-v1.ts'
import { type Errors, keyed } from '../collect.ts'
import { readItems } from '../json-annotation.ts'
import type { Loose } from '../loose.ts'
import type { PodRules } from './options.ts'
import { eachContainer } from './os.ts'
import { validateDescendingPath } from './paths.ts'
import { validateTolerations } from './scheduling.ts'

export type Annotations = Readonly<Record<string, string>>

export const mirrorKey = 'kubernetes.io/config.mirror'
const tolerationsKey = 'scheduler.alpha.kubernetes.io/tolerations'
const deletionCostKey = 'controller.kubernetes.io/pod-deletion-cost'
const seccompPodKey = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

const validateSeccompAnnotation = (errors: Errors, path: string, profile: string): void => {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return
  if (profile.startsWith('localhost/')) validateDescendingPath(errors, path, profile.slice('localhost/'.length))
  else errors.push(invalidValue(path, profile, 'must be a valid seccomp profile'))
}

const isInt32 = (text: string): boolean => /^[+-]?\d+$/.test(text) && Number(text) === (Number(text) | 0)

const validateTolerationsAnnotation = (errors: Errors, path: string, text: string): void => {
  const tolerations = readItems(text, ['tolerationSeconds'])
  if (tolerations) validateTolerations(errors, `${path}.${tolerationsKey}`, tolerations)
  else errors.push(invalidValue(path, tolerationsKey, 'must be a JSON list of tolerations'))
}

const isDeletionCost = (value: string): boolean => isInt32(value) && !/^(\+|0\d)/.test(value)

/** A cost that was stored may stay wrong. */
export const hasWrongDeletionCost = (annotations: Annotations | undefined): boolean => {
  const cost = annotations?.[deletionCostKey]
  return cost !== undefined && !isDeletionCost(cost)
}

export const validatePodAnnotations = (errors: Errors, path: string, annotations: Annotations | undefined, spec: Loose<PodSpec>, rules: PodRules): void => {
  if (!annotations) return
  for (const key in annotations) {
    const value = annotations[key] ?? ''
    if (key === mirrorKey) {
      if (!spec.nodeName) errors.push(invalidValue(keyed(path, key), value, 'a mirror pod must have spec.nodeName'))
    } else if (key === tolerationsKey) {
      if (value) validateTolerationsAnnotation(errors, path, value)
    } else if (key === deletionCostKey) {
      if (!rules.allowInvalidDeletionCost && !isDeletionCost(value)) errors.push(invalidValue(keyed(path, key), value, 'must be a 32 bit integer'))
    } else if (key === seccompPodKey || key.startsWith(seccompContainerPrefix)) validateSeccompAnnotation(errors, `${path}.${key}`, value)
    else if (key.startsWith(appArmorPrefix)) {
      const name = key.slice(appArmorPrefix.length)
      let found = false
      eachContainer(spec, '', (_path, container) => {
        found ||= container === name
      })
      if (!found) errors.push(invalidValue(keyed(path, key), name, 'container not found'))
      if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/'))
        errors.push(invalidValue(keyed(path, key), value, 'invalid AppArmor profile name'))
    }
  }
}

/** Old and new annotations of a pod may not differ in these. */
export const validatePodAnnotationChanges = (errors: Errors, path: string, annotations: Annotations = {}, old: Annotations = {}): void => {
  const fixed = (key: string): boolean => key.startsWith(appArmorPrefix) || key === mirrorKey
  for (const key in old) if (fixed(key) && annotations[key] !== old[key]) errors.push(forbiddenField(keyed(path, key), 'may not be removed or updated'))
  for (const key in annotations) if (fixed(key) && !(key in old)) errors.push(forbiddenField(keyed(path, key), 'may not be added'))
}

const compareProfile = (errors: Errors, path: string, what: string, annotation: string, profile: Loose<SeccompProfile> | Loose<AppArmorProfile>): void => {
  const mismatch = (field: string): void => {
    errors.push(forbiddenField(`${path}.${field}`, `${what} in annotation and field must match`))
  }
  if (profile.type === 'Unconfined') {
    if (annotation !== 'unconfined') mismatch('type')
  } else if (profile.type === 'RuntimeDefault') {
    if (annotation !== 'runtime/default' && !(what === 'seccomp' && annotation === 'docker/default')) mismatch('type')
  } else if (profile.type === 'Localhost') {
    if (!annotation.startsWith('localhost/')) mismatch('type')
    else if (annotation.slice('localhost/'.length) !== profile.localhostProfile) mismatch('localhostProfile')
  }
}

/** Where a profile stands in a field and in an annotation, both say the same. */
export const validateProfilesMatch = (errors: Errors, path: string, annotations: Annotations | undefined, spec: Loose<PodSpec>): void => {
  if (!annotations) return
  const podSeccomp = annotations[seccompPodKey]
  if (podSeccomp !== undefined && spec.securityContext?.seccompProfile) {
    compareProfile(errors, `${path}.securityContext.seccompProfile`, 'seccomp', podSeccomp, spec.securityContext.seccompProfile)
  }
  eachContainer(spec, path, (at, name, context) => {
    const seccomp = annotations[seccompContainerPrefix + name]
    if (seccomp !== undefined && context?.seccompProfile)
      compareProfile(errors, `${at}.securityContext.seccompProfile`, 'seccomp', seccomp, context.seccompProfile)
    const appArmor = annotations[appArmorPrefix + name]
    const profile = context?.appArmorProfile ?? spec.securityContext?.appArmorProfile
    if (appArmor !== undefined && profile && spec.os?.name !== 'windows')
      compareProfile(errors, `${at}.securityContext.appArmorProfile`, 'apparmor', appArmor, profile)
  })
}
