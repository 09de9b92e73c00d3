// MutatingAdmissionPolicy of admissionregistration.k8s.io/v1.
import { type FieldError, forbiddenField, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../types/admissionregistration-v1.ts'
import { defaultMatching } from '../../validation/admission-rules.ts'
import { addChoice, type Errors } from '../../validation/collect.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { addReinvocationPolicy, validatePolicySpec } from './policy-rules.ts'

const fieldOf: Readonly<Record<string, 'applyConfiguration' | 'jsonPatch'>> = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' }

/** The type names the one member that must be there. */
const validateMutation = (errors: Errors, path: string, mutation: Loose<Mutation>): void => {
  addChoice(errors, `${path}.patchType`, mutation.patchType, Object.keys(fieldOf))
  const wanted = fieldOf[mutation.patchType ?? '']
  if (!wanted) return
  const other = wanted === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  const patch = mutation[wanted]
  if (!patch) errors.push(required(`${path}.${wanted}`, `must be specified when patchType is ${mutation.patchType}`))
  else if (!patch.expression?.trim()) errors.push(required(`${path}.${wanted}.expression`))
  if (mutation[other]) errors.push(forbiddenField(`${path}.${other}`, `must not be specified when patchType is ${mutation.patchType}`))
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
  validate: policy => {
    const errors: FieldError[] = []
    const spec = loose(policy).spec ?? {}
    validatePolicySpec(errors, spec)
    const mutations = spec.mutations ?? []
    if (mutations.length === 0) errors.push(required('spec.mutations', 'at least one mutation is required'))
    mutations.forEach((mutation, i) => {
      validateMutation(errors, `spec.mutations[${i}]`, mutation)
    })
    addReinvocationPolicy(errors, 'spec.reinvocationPolicy', spec.reinvocationPolicy)
    return errors
  },
  unconditionalUpdate: false,
})
