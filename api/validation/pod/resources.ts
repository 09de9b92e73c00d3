// Amounts of resources: their names, their values, requests against limits.
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required, valueNotFound } from '../../field-error.ts'
import { canonicalQuantity, compareQuantities, isWholeQuantity, milliValue, quantitySign } from '../../quantity.ts'
import type { ResourceRequirements } from '../../types/core-v1.ts'
import { addInvalid, type Errors, keyed } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Label, isQualifiedName } from '../names.ts'
import type { PodRules } from './options.ts'

export type Amounts = Readonly<Record<string, string>>

const compute = ['cpu', 'memory', 'ephemeral-storage'] as const
/** What is counted, not measured. */
const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
] as const
const standardContainer: ReadonlySet<string> = new Set(compute)
const integers: ReadonlySet<string> = new Set(counted)
/** What pods may use up together. */
export const podQuotaResources: ReadonlySet<string> = new Set(['pods', ...compute.flatMap(name => [name, `requests.${name}`, `limits.${name}`])])
const quotaResources: ReadonlySet<string> = new Set([...podQuotaResources, ...counted, 'requests.storage'])
const standard: ReadonlySet<string> = new Set([...quotaResources, 'storage'])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isQuotaHugePages = (name: string): boolean => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
/** What a quota can limit, of that which has no domain. */
export const isQuotaResource = (name: string): boolean => quotaResources.has(name) || isQuotaHugePages(name)
export const isStandardResource = (name: string): boolean => standard.has(name) || isQuotaHugePages(name)
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
export const isExtended = (name: string): boolean => {
  if (isNative(name) || name.startsWith('requests.')) return false
  return isQualifiedName(`requests.${name}`).length === 0
}
export const allowsOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)
const isInteger = (name: string): boolean => integers.has(name) || isExtended(name)

export const validateResourceName = (errors: Errors, path: string, name: string): boolean => {
  const messages = isQualifiedName(name)
  if (messages.length) addInvalid(errors, path, name, messages)
  else if (!name.includes('/') && !isStandardResource(name)) {
    errors.push(invalidValue(path, name, 'must be a standard resource type or have a domain'))
    return false
  }
  return messages.length === 0
}

export const validateContainerResourceName = (errors: Errors, path: string, name: string): void => {
  if (standardContainer.has(name)) return
  validateResourceName(errors, path, name)
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtended(name)) errors.push(invalidValue(path, name, 'must be named as an extended resource'))
}

const validatePodResourceName = (errors: Errors, path: string, name: string): void => {
  if (!validateResourceName(errors, path, name)) return
  if (name !== 'cpu' && name !== 'memory' && !isHugePages(name)) errors.push(notSupported(path, name, ['cpu', 'hugepages-', 'memory']))
}

export const validateNonNegativeAmount = (errors: Errors, path: string, amount: string): void => {
  if (quantitySign(amount) < 0) errors.push(invalidValue(path, canonicalQuantity(amount), 'must be greater than or equal to 0'))
}

export const validatePositiveAmount = (errors: Errors, path: string, amount: string): FieldError | undefined => {
  if (quantitySign(amount) > 0) return undefined
  const error = invalidValue(path, canonicalQuantity(amount), 'must be greater than zero')
  errors.push(error)
  return error
}

export const validateAmount = (errors: Errors, path: string, name: string, amount: string): void => {
  validateNonNegativeAmount(errors, path, amount)
  if (isInteger(name) && !isWholeQuantity(amount)) errors.push(invalidValue(path, amount, 'must be an integer'))
}

const validateHugePageAmount = (errors: Errors, path: string, name: string, amount: string): void => {
  const size = name.slice('hugepages-'.length)
  let divisible = false
  try {
    const unit = milliValue(size)
    divisible = unit > 0 && milliValue(amount) % unit === 0 && quantitySign(amount) > 0
  } catch {
    /* a size that is no quantity divides nothing */
  }
  if (!divisible) errors.push(invalidValue(path, amount, `must be a positive multiple of ${size}`))
}

const validateClaims = (errors: Errors, path: string, claims: Loose<ResourceRequirements>['claims'], known: ReadonlySet<string>): void => {
  const names = new Set<string>()
  claims?.forEach((claim, i) => {
    const at = `${path}[${i}]`
    const name = claim.name ?? ''
    if (!name) {
      errors.push(required(at))
      return
    }
    if (names.has(name)) errors.push(duplicate(at, name))
    else {
      const key = claim.request ? `${name}/${claim.request}` : name
      if (claim.request) addInvalid(errors, `${at}.request`, claim.request, isDns1123Label(claim.request))
      if (names.has(key)) errors.push(duplicate(at, key))
      else if (!claim.request) for (const other of names) if (other.startsWith(`${name}/`)) errors.push(duplicate(at, name))
      names.add(key)
    }
    if (!known.has(name)) errors.push(valueNotFound(at, name))
  })
}

const validateRequirements = (
  errors: Errors,
  path: string,
  requirements: Loose<ResourceRequirements>,
  claims: ReadonlySet<string>,
  rules: PodRules,
  validateName: (errors: Errors, path: string, name: string) => void,
): void => {
  const limits = requirements.limits as Amounts | undefined
  const requests = requirements.requests as Amounts | undefined
  let computes = false
  let huge = false
  for (const name in limits) {
    const at = keyed(`${path}.limits`, name)
    const amount = limits[name] ?? '0'
    validateName(errors, at, name)
    validateAmount(errors, at, name, amount)
    if (isHugePages(name)) {
      huge = true
      if (!rules.allowIndivisibleHugePages) validateHugePageAmount(errors, at, name, amount)
    }
    if (name === 'cpu' || name === 'memory') computes = true
  }
  for (const name in requests) {
    const at = keyed(`${path}.requests`, name)
    const amount = requests[name] ?? '0'
    const limit = limits?.[name]
    validateName(errors, at, name)
    validateAmount(errors, at, name, amount)
    if (limit !== undefined) {
      const order = compareQuantities(amount, limit)
      if (order !== 0 && !allowsOvercommit(name)) errors.push(invalidValue(`${path}.requests`, amount, `must be equal to the ${name} limit of ${limit}`))
      else if (order > 0) errors.push(invalidValue(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`))
    } else if (!allowsOvercommit(name)) errors.push(required(`${path}.limits`, 'limits must be set for resources that cannot be overcommitted'))
    if (isHugePages(name)) {
      huge = true
      if (!rules.allowIndivisibleHugePages) validateHugePageAmount(errors, at, name, amount)
    }
    if (name === 'cpu' || name === 'memory') computes = true
  }
  if (huge && !computes) errors.push(forbiddenField(path, 'huge pages need cpu or memory'))
  if (requirements.claims) validateClaims(errors, `${path}.claims`, requirements.claims, claims)
}

export const validateContainerResources = (
  errors: Errors,
  path: string,
  requirements: Loose<ResourceRequirements> | undefined,
  claims: ReadonlySet<string>,
  rules: PodRules,
): void => {
  if (requirements) validateRequirements(errors, path, requirements, claims, rules, validateContainerResourceName)
}

export const validatePodLevelResources = (
  errors: Errors,
  path: string,
  requirements: Loose<ResourceRequirements>,
  claims: ReadonlySet<string>,
  rules: PodRules,
): void => validateRequirements(errors, path, requirements, claims, rules, validatePodResourceName)
