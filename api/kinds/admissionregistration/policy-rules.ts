// What admission policies of both kinds share. Expressions are compiled: variables first, as what comes after them may use them.
import { AdmissionCompiler, expressionTypes } from '../../cel/admission-environment.ts'
import type { CelType } from '../../cel/type.ts'
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import type { KubeObject } from '../../object.ts'
import type { Column } from '../../resource.ts'
import type {
  AuditAnnotation,
  MatchResources,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus,
  Validation,
  Variable,
} from '../../types/admissionregistration-v1.ts'
import type { LabelSelector } from '../../types/meta-v1.ts'
import { addExpression, validateMatchConditions, validateMatchResources } from '../../validation/admission-rules.ts'
import { addChoice, addInvalid, addOneInvalid, addRequiredName, addSupported, type Errors } from '../../validation/collect.ts'
import { validateConditions } from '../../validation/conditions.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import type { Loose } from '../../validation/loose.ts'
import { byteLength, isDns1035Label, isDns1123Subdomain, isPathSegmentName, isQualifiedName } from '../../validation/names.ts'

const celWords: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])
const isCelIdentifier = (name: string): boolean => /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !celWords.has(name)
const isBlank = (text: string | undefined): boolean => (text ?? '').trim() === ''

export const validateParamKind = (errors: Errors, path: string, kind: Loose<ParamKind>): void => {
  const apiVersion = kind.apiVersion ?? ''
  const at = `${path}.apiVersion`
  const parts = apiVersion.split('/')
  if (apiVersion === '') errors.push(required(at))
  else if (parts.length > 2) errors.push(invalidValue(at, apiVersion, 'must be group/version'))
  else {
    const [version = '', group = ''] = parts.reverse()
    if (group !== '') addOneInvalid(errors, at, group, isDns1123Subdomain(group))
    if (version === '') errors.push(invalidValue(at, apiVersion, 'version must be specified'))
    else addOneInvalid(errors, at, version, isDns1035Label(version))
  }
  if (!kind.kind) errors.push(required(`${path}.kind`))
  else addOneInvalid(errors, `${path}.kind`, kind.kind, isDns1035Label(kind.kind.toLowerCase()))
}

const validateVariables = (errors: Errors, path: string, variables: readonly Loose<Variable>[], compiler: AdmissionCompiler): void => {
  variables.forEach(({ name = '', expression }, i) => {
    const at = `${path}[${i}]`
    if (isBlank(name)) errors.push(required(`${at}.name`))
    else if (!isCelIdentifier(name)) errors.push(invalidValue(`${at}.name`, name, 'must be a CEL identifier'))
    if (isBlank(expression)) errors.push(required(`${at}.expression`))
    else addExpression(errors, `${at}.expression`, expression!, compiler.compileVariable(name, expression!))
  })
}

const validateValidation = (errors: Errors, path: string, given: Loose<Validation>, compiler: AdmissionCompiler): void => {
  const { expression, message = '', messageExpression = '', reason } = given
  const judge = (at: string, text: string, expectedTypes: readonly CelType[]): void => {
    addExpression(errors, at, text, compiler.compile(text, { expectedTypes }))
  }
  if (isBlank(expression)) errors.push(required(`${path}.expression`))
  else judge(`${path}.expression`, expression!, expressionTypes.condition)
  if (!isBlank(messageExpression)) judge(`${path}.messageExpression`, messageExpression, expressionTypes.message)
  else if (given.messageExpression !== undefined) errors.push(invalidValue(`${path}.messageExpression`, messageExpression, 'must not be empty if specified'))
  if (message !== '' && isBlank(message)) errors.push(invalidValue(`${path}.message`, message, 'must not be empty if specified'))
  else if (message.trim().includes('\n')) errors.push(invalidValue(`${path}.message`, message, 'must not have line breaks'))
  if (reason !== undefined) addSupported(errors, `${path}.reason`, reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'])
}

const validateAuditAnnotations = (
  errors: Errors,
  path: string,
  annotations: readonly Loose<AuditAnnotation>[],
  policy: string,
  compiler: AdmissionCompiler,
): void => {
  if (annotations.length > 20) errors.push(invalidValue(path, annotations.length, 'must not have more than 20 items'))
  const keys = new Set<string>()
  annotations.forEach(({ key = '', valueExpression = '' }, i) => {
    const at = `${path}[${i}]`
    if (policy) addInvalid(errors, `${at}.key`, key, isQualifiedName(`${policy}/${key}`))
    else errors.push(invalidValue(`${at}.key`, key, 'requires metadata.name be non-empty'))
    if (isBlank(valueExpression)) errors.push(required(`${at}.valueExpression`))
    else if (byteLength(valueExpression.trim()) > 5 * 1024) errors.push(required(`${at}.valueExpression`, 'must not exceed 5 KiB'))
    else addExpression(errors, `${at}.valueExpression`, valueExpression, compiler.compile(valueExpression, { expectedTypes: expressionTypes.auditAnnotation }))
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key))
    keys.add(key)
  })
}

type Spec = Pick<ValidatingAdmissionPolicySpec, 'failurePolicy' | 'paramKind' | 'matchConstraints' | 'variables' | 'matchConditions'>
/** All but what the policy does where it matches; answers the compiler that knows the variables. Conditions that stay are not judged again. */
export const validatePolicySpec = (errors: Errors, spec: Loose<Spec>, old: Loose<Spec> | undefined, isMutation: boolean): AdmissionCompiler => {
  const hasParams = spec.paramKind !== undefined
  const compiler = new AdmissionCompiler({ hasParams, isPolicy: true, isMutation })
  if (spec.failurePolicy === undefined) errors.push(required('spec.failurePolicy'))
  else addSupported(errors, 'spec.failurePolicy', spec.failurePolicy, ['Fail', 'Ignore'])
  if (spec.paramKind) validateParamKind(errors, 'spec.paramKind', spec.paramKind)
  const match = spec.matchConstraints
  if (!match) errors.push(required('spec.matchConstraints'))
  else {
    validateMatchResources(errors, 'spec.matchConstraints', match)
    if ((match.resourceRules ?? []).length === 0) errors.push(required('spec.matchConstraints.resourceRules'))
  }
  const conditions = spec.matchConditions ?? []
  const judged = old && semanticEqual(conditions, old.matchConditions ?? []) && semanticEqual(spec.paramKind, old.paramKind)
  if (!judged) validateMatchConditions(errors, 'spec.matchConditions', conditions, hasParams)
  validateVariables(errors, 'spec.variables', spec.variables ?? [], compiler)
  return compiler
}

export const validateValidations = (errors: Errors, spec: Loose<ValidatingAdmissionPolicySpec>, policy: string, compiler: AdmissionCompiler): void => {
  const [validations, annotations] = [spec.validations ?? [], spec.auditAnnotations ?? []]
  if (validations.length === 0 && annotations.length === 0)
    for (const key of ['validations', 'auditAnnotations']) errors.push(required(`spec.${key}`, 'validations or auditAnnotations must be specified'))
  validations.forEach((validation, i) => {
    validateValidation(errors, `spec.validations[${i}]`, validation, compiler)
  })
  validateAuditAnnotations(errors, 'spec.auditAnnotations', annotations, policy, compiler)
}

const validateParamRef = (errors: Errors, path: string, ref: Loose<ParamRef>): void => {
  const exclusive = 'name and selector exclude each other'
  if (ref.name) {
    addInvalid(errors, `${path}.name`, ref.name, isPathSegmentName(ref.name))
    if (ref.selector) errors.push(forbiddenField(`${path}.name`, exclusive))
  }
  if (ref.selector) {
    validateLabelSelector(errors, `${path}.selector`, ref.selector)
    if (ref.name) errors.push(forbiddenField(`${path}.selector`, exclusive))
  }
  if (!ref.name && !ref.selector) errors.push(required(path, 'one of name and selector must be specified'))
  if (ref.parameterNotFoundAction === undefined) errors.push(required(`${path}.parameterNotFoundAction`))
  else addSupported(errors, `${path}.parameterNotFoundAction`, ref.parameterNotFoundAction, ['Allow', 'Deny'])
}

interface BindingSpec {
  policyName?: string
  paramRef?: ParamRef
  matchResources?: MatchResources
}
export const validateBindingSpec = (errors: Errors, spec: Loose<BindingSpec>): void => {
  addRequiredName(errors, 'spec.policyName', spec.policyName, isDns1123Subdomain)
  if (spec.paramRef) validateParamRef(errors, 'spec.paramRef', spec.paramRef)
  if (spec.matchResources) validateMatchResources(errors, 'spec.matchResources', spec.matchResources)
}

export const validateActions = (errors: Errors, path: string, actions: readonly string[]): void => {
  if (actions.length === 0) errors.push(required(path))
  const known = ['Audit', 'Deny', 'Warn']
  actions.forEach((action, i) => {
    if (!known.includes(action)) errors.push(notSupported(`${path}[${i}]`, action, known))
    if (actions.indexOf(action) < i) errors.push(duplicate(`${path}[${i}]`, action))
  })
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(invalidValue(path, actions, 'must not have both Deny and Warn: the message would be there twice'))
}

/** What type checking found, and the conditions of the policy. */
export const validatePolicyStatus = (errors: Errors, status: Loose<ValidatingAdmissionPolicyStatus>): void => {
  validateConditions(errors, 'status.conditions', status.conditions)
  status.typeChecking?.expressionWarnings?.forEach(({ fieldRef, warning }, i) => {
    const at = `status.typeChecking.expressionWarnings[${i}]`
    if (!warning) errors.push(required(`${at}.warning`))
    if (isBlank(fieldRef)) errors.push(required(`${at}.fieldRef`))
    else if (!/^[\w.$@*?()[\]'"=!<>&|:,\s-]+$/.test(fieldRef!)) errors.push(invalidValue(`${at}.fieldRef`, fieldRef, 'must be a JSONPath'))
  })
}

export const addReinvocationPolicy = (errors: Errors, path: string, policy: string | undefined): void => addChoice(errors, path, policy, ['IfNeeded', 'Never'])

/** A selector in Go's notation, which is what upstream shows. */
const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string => {
  const labels = Object.entries(matchLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
  const expressions = matchExpressions.map(e => `LabelSelectorRequirement{Key:${e.key},Operator:${e.operator},Values:[${(e.values ?? []).join(' ')}],},`)
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}

/** The cell of a binding's parameters. */
const bindingParam = (ref: ParamRef | undefined): string => {
  if (!ref) return '<unset>'
  if (ref.name) return ref.namespace ? `${ref.namespace}/${ref.name}` : `*/${ref.name}`
  return ref.selector ? selectorText(ref.selector) : '<unset>'
}

export const bindingColumns: readonly Column<KubeObject & { spec?: Loose<BindingSpec> }>[] = [
  nameColumn,
  column('PolicyName', 'string', b => b.spec?.policyName ?? '', 'The policy it puts in force.'),
  column('ParamRef', 'string', b => bindingParam(b.spec?.paramRef as ParamRef | undefined), 'Its parameters.'),
  ageColumn,
]
