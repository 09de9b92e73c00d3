// MutatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicyBinding } from '../../types/admissionregistration-v1.ts'
import { defaultMatching } from '../../validation/admission-rules.ts'
import { loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { bindingParam, validateBindingSpec } from './policy-rules.ts'

export const mutatingAdmissionPolicyBindings = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  namespaced: false,
  categories: ['api-extensions'],
  generation: true,
  columns: [
    nameColumn,
    column('PolicyName', 'string', b => b.spec?.policyName ?? '', 'The policy it puts in force.'),
    column('ParamRef', 'string', b => bindingParam(b.spec?.paramRef), 'Its parameters.'),
    ageColumn,
  ],
  default: binding => {
    defaultMatching(binding.spec?.matchResources)
  },
  metadataChecks: 'object',
  validate: binding => {
    const errors: FieldError[] = []
    validateBindingSpec(errors, loose(binding).spec ?? {})
    return errors
  },
  unconditionalUpdate: false,
})
