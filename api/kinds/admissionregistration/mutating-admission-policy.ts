// MutatingAdmissionPolicy of admissionregistration.k8s.io/v1.
import { type AdmissionCompiler, expressionTypes } from '../../cel/admission-environment.ts'
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../types/admissionregistration-v1.ts'
import { addExpression, defaultMatching } from '../../validation/admission-rules.ts'
import { addChoice, type Errors } from '../../validation/collect.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { addReinvocationPolicy, validatePolicySpec } from './policy-rules.ts'

const fieldOf: Readonly<Record<string, 'applyConfiguration' | 'jsonPatch'>> = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' }

/** The type names the one member that must be there. */
const validateMutation = (errors: Errors, path: string, mutation: Loose<Mutation>, compiler: AdmissionCompiler): void => {
  addChoice(errors, `${path}.patchType`, mutation.patchType, Object.keys(fieldOf))
  const wanted = fieldOf[mutation.patchType ?? '']
  if (!wanted) return
  const other = wanted === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  const patch = mutation[wanted]
  if (!patch) errors.push(required(`${path}.${wanted}`, `must be specified when patchType is ${mutation.patchType}`))
  else {
    const expression = patch.expression ?? ''
    const at = `${path}.${wanted}.expression`
    if (expression.trim() === '') errors.push(required(at))
    else addExpression(errors, at, expression, compiler.compile(expression, { expectedTypes: expressionTypes[wanted] }))
  }
  if (mutation[other]) errors.push(invalidValue(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${mutation.patchType}`))
}

export const mutatingAdmissionPolicies = defineResource<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  generation: true,
  columns: [
    nameColumn,
    column('Mutations', 'integer', p => p.spec?.mutations?.length ?? 0, 'How many patches it makes.'),
    column(
      'ParamKind',
      'string',
      p => (p.spec?.paramKind ? `${p.spec.paramKind.apiVersion ?? ''}/${p.spec.paramKind.kind ?? ''}` : '<unset>'),
      'What its parameters are.',
    ),
    ageColumn,
  ],
  default: policy => {
    if (!policy.spec) return
    policy.spec.failurePolicy ??= 'Fail'
    defaultMatching(policy.spec.matchConstraints)
  },
  metadataChecks: 'object',
  validate: (policy, old) => {
    const errors: FieldError[] = []
    const spec = loose(policy).spec ?? {}
    const compiler = validatePolicySpec(errors, spec, old && (loose(old).spec ?? {}), true)
    const mutations = spec.mutations ?? []
    if (mutations.length === 0) errors.push(required('spec.mutations', 'at least one mutation is required'))
    mutations.forEach((mutation, i) => {
      validateMutation(errors, `spec.mutations[${i}]`, mutation, compiler)
    })
    addReinvocationPolicy(errors, 'spec.reinvocationPolicy', spec.reinvocationPolicy)
    return errors
  },
  unconditionalUpdate: false,
})
