// What webhooks and admission policies match: rules, selectors and conditions.
import { AdmissionCompiler, expressionTypes } from '../cel/admission-environment.ts'
import type { Compiled } from '../cel/cel.types.ts'
import { formatType } from '../cel/type.ts'
import { duplicate, invalidValue, notSupported, required, tooMany } from '../field-error.ts'
import type { MatchCondition, MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../types/admissionregistration-v1.ts'
import { addInvalid, addRequiredName, addSupported, type Errors } from './collect.ts'
import { validateLabelSelector } from './labels.ts'
import type { Loose } from './loose.ts'
import { isPathSegmentName, isQualifiedName } from './names.ts'

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

const validateResources = (errors: Errors, path: string, resources: readonly string[]): void => {
  const [wholeResources, wholeSubresources] = [new Set<string>(), new Set<string>()]
  let bare = false
  resources.forEach((resource, i) => {
    const at = `${path}[${i}]`
    if (resource === '') {
      errors.push(required(at))
      return
    }
    const slash = resource.indexOf('/')
    if (slash < 0) {
      bare = resource !== '*'
      return
    }
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)]
    if (wholeResources.has(name)) errors.push(invalidValue(at, resource, `covered by ${name}/*`))
    if (wholeSubresources.has(sub)) errors.push(invalidValue(at, resource, `covered by */${sub}`))
    if (sub === '*') wholeResources.add(name)
    if (name === '*') wholeSubresources.add(sub)
  })
  if (resources.length > 1 && resources.includes('*/*')) errors.push(invalidValue(path, resources, 'if "*/*" is present, nothing else may be'))
  if (resources.includes('*') && bare) errors.push(invalidValue(path, resources, 'if "*" is present, no other resource without a subresource may be'))
}

export const validateRule = (errors: Errors, path: string, rule: Loose<RuleWithOperations>): void => {
  const alone = (key: 'operations' | 'apiGroups' | 'apiVersions'): readonly string[] => {
    const values = rule[key] ?? []
    if (values.length === 0) errors.push(required(`${path}.${key}`))
    if (values.length > 1 && values.includes('*')) errors.push(invalidValue(`${path}.${key}`, values, 'if "*" is present, nothing else may be'))
    return values
  }
  alone('operations').forEach((operation, i) => {
    if (!operations.includes(operation)) errors.push(notSupported(`${path}.operations[${i}]`, operation, operations))
  })
  alone('apiGroups')
  alone('apiVersions').forEach((version, i) => {
    if (version === '') errors.push(required(`${path}.apiVersions[${i}]`))
  })
  const resources = rule.resources ?? []
  if (resources.length === 0) errors.push(required(`${path}.resources`))
  else validateResources(errors, `${path}.resources`, resources)
  if (rule.scope !== undefined) addSupported(errors, `${path}.scope`, rule.scope, scopes)
}

const validateNamedRule = (errors: Errors, path: string, rule: Loose<NamedRuleWithOperations>): void => {
  const names = rule.resourceNames ?? []
  names.forEach((name, i) => {
    addInvalid(errors, `${path}.resourceNames[${i}]`, name, isPathSegmentName(name))
    if (names.indexOf(name) < i) errors.push(duplicate(`${path}.resourceNames[${i}]`, name))
  })
  validateRule(errors, path, rule)
}

export const validateMatchResources = (errors: Errors, path: string, match: Loose<MatchResources>): void => {
  if (match.matchPolicy === undefined) errors.push(required(`${path}.matchPolicy`))
  else addSupported(errors, `${path}.matchPolicy`, match.matchPolicy, ['Equivalent', 'Exact'])
  for (const key of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[key] === undefined) errors.push(required(`${path}.${key}`))
    else validateLabelSelector(errors, `${path}.${key}`, match[key])
  }
  for (const key of ['resourceRules', 'excludeResourceRules'] as const)
    match[key]?.forEach((rule, i) => {
      validateNamedRule(errors, `${path}.${key}[${i}]`, rule)
    })
}

/** What compiling an expression found. */
export const addExpression = (errors: Errors, path: string, expression: string, compiled: Compiled): void => {
  if (compiled.ok) return
  const why = compiled.unexpectedType ? `${compiled.message} but got ${formatType(compiled.unexpectedType)}` : `compilation failed: ${compiled.message}`
  errors.push(invalidValue(path, expression, why))
}

export const validateMatchConditions = (errors: Errors, path: string, conditions: readonly Loose<MatchCondition>[], hasParams = false): void => {
  const compiler = conditions.length ? new AdmissionCompiler({ hasParams }) : undefined
  if (conditions.length > 64) errors.push(tooMany(path, conditions.length, 64))
  const names = new Set<string>()
  conditions.forEach((condition, i) => {
    const at = `${path}[${i}]`
    const expression = condition.expression?.trim() ?? ''
    if (expression === '' || !compiler) errors.push(required(`${at}.expression`))
    else addExpression(errors, `${at}.expression`, expression, compiler.compile(expression, { expectedTypes: expressionTypes.condition }))
    addRequiredName(errors, `${at}.name`, condition.name, isQualifiedName)
    const { name } = condition
    if (!name) return
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
  })
}

const defaultRules = (rules: readonly Loose<RuleWithOperations>[] | undefined | null): void => {
  for (const rule of rules ?? []) rule.scope ??= '*'
}

export const defaultMatching = (match: (Loose<MatchResources> & { rules?: Loose<RuleWithOperations>[] | undefined }) | undefined | null): void => {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  defaultRules(match.resourceRules)
  defaultRules(match.excludeResourceRules)
  defaultRules(match.rules)
}
