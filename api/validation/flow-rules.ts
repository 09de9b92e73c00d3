// Whom and what a FlowSchema matches.
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../types/flowcontrol-v1.ts'
import { addInvalid, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { isDns1123Label, isDns1123Subdomain } from './names.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const members = { User: 'user', Group: 'group', ServiceAccount: 'serviceAccount' } as const

/** Conditions of flow schemas and priority levels: each type once. */
export const validateFlowConditions = (errors: Errors, conditions: readonly { type?: string | undefined }[] | undefined): void => {
  const seen = new Set<string>()
  conditions?.forEach(({ type = '' }, i) => {
    const path = `status.conditions[${i}].type`
    if (seen.has(type)) errors.push(duplicate(path, type))
    seen.add(type)
    if (type === '') errors.push(required(path, 'must not be empty'))
  })
}

/** Not empty, and a wildcard stands alone. Answers whether there is a wildcard. */
const validateWildcards = (errors: Errors, path: string, values: readonly string[]): boolean => {
  if (values.length === 0) errors.push(required(path))
  if (!values.includes('*')) return false
  if (values.length > 1) errors.push(invalidValue(path, values, 'if "*" is present, nothing else may be'))
  return true
}
const validateVerbs = (errors: Errors, path: string, given: readonly string[]): void => {
  if (!validateWildcards(errors, path, given) && given.some(verb => !verbs.includes(verb))) errors.push(notSupported(path, given, verbs))
}

const validateSubject = (errors: Errors, path: string, subject: Loose<Subject>): void => {
  const wanted = (members as Readonly<Record<string, (typeof members)[keyof typeof members]>>)[subject.kind ?? '']
  if (!wanted) {
    errors.push(notSupported(`${path}.kind`, subject.kind ?? '', Object.keys(members)))
    return
  }
  for (const member of Object.values(members))
    if (member !== wanted && subject[member]) errors.push(forbiddenField(`${path}.${member}`, `may not be set when the kind is ${subject.kind}`))
  const at = `${path}.${wanted}`
  const given = subject[wanted]
  if (!given) {
    errors.push(required(at))
    return
  }
  if (wanted === 'serviceAccount') {
    const namespace = subject.serviceAccount?.namespace ?? ''
    if (namespace === '') errors.push(required(`${at}.namespace`))
    else addInvalid(errors, `${at}.namespace`, namespace, isDns1123Label(namespace))
  }
  if (!given.name) errors.push(required(`${at}.name`))
  else if (wanted === 'serviceAccount' && given.name !== '*') addInvalid(errors, `${at}.name`, given.name, isDns1123Subdomain(given.name))
}

const validateResourceRule = (errors: Errors, path: string, rule: Loose<ResourcePolicyRule>): void => {
  validateVerbs(errors, `${path}.verbs`, rule.verbs ?? [])
  validateWildcards(errors, `${path}.apiGroups`, rule.apiGroups ?? [])
  validateWildcards(errors, `${path}.resources`, rule.resources ?? [])
  const namespaces = rule.namespaces ?? []
  if (namespaces.length === 0 && !rule.clusterScope)
    errors.push(required(`${path}.namespaces`, 'resource rules that are not cluster scoped must name namespaces'))
  if (namespaces.length > 1 && namespaces.includes('*')) errors.push(invalidValue(`${path}.namespaces`, namespaces, 'if "*" is present, nothing else may be'))
  namespaces.forEach((namespace, i) => {
    if (namespace !== '*') addInvalid(errors, `${path}.namespaces[${i}]`, namespace, isDns1123Label(namespace))
  })
}

const judgeUrl = (path: string, url: string): FieldError | undefined => {
  if (url === '*') return undefined
  const fault =
    url === ''
      ? 'must not be empty'
      : !url.startsWith('/')
        ? 'must begin with "/"'
        : url.includes(' ')
          ? 'must not have spaces'
          : url.includes('//')
            ? 'must not have empty segments'
            : url.includes('*') && !/^[^*]*\/\*$/.test(url)
              ? '"*" may only be the last segment'
              : undefined
  return fault === undefined ? undefined : invalidValue(path, url, fault)
}

const validateNonResourceRule = (errors: Errors, path: string, rule: Loose<NonResourcePolicyRule>): void => {
  validateVerbs(errors, `${path}.verbs`, rule.verbs ?? [])
  const urls = rule.nonResourceURLs ?? []
  validateWildcards(errors, `${path}.nonResourceURLs`, urls)
  urls.forEach((url, i) => {
    const fault = judgeUrl(`${path}.nonResourceURLs[${i}]`, url)
    if (fault) errors.push(fault)
  })
}

export const validatePolicyRules = (errors: Errors, path: string, rules: Loose<PolicyRulesWithSubjects>): void => {
  const [subjects, resources, others] = [rules.subjects ?? [], rules.resourceRules ?? [], rules.nonResourceRules ?? []]
  if (subjects.length === 0) errors.push(required(`${path}.subjects`))
  subjects.forEach((subject, i) => {
    validateSubject(errors, `${path}.subjects[${i}]`, subject)
  })
  if (resources.length === 0 && others.length === 0) errors.push(required(path, 'at least one of resourceRules and nonResourceRules must not be empty'))
  resources.forEach((rule, i) => {
    validateResourceRule(errors, `${path}.resourceRules[${i}]`, rule)
  })
  others.forEach((rule, i) => {
    validateNonResourceRule(errors, `${path}.nonResourceRules[${i}]`, rule)
  })
}
