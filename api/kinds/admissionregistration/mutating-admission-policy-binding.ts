// MutatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicyBinding } from '../../types/admissionregistration-v1.ts'
import { defaultMatching } from '../../validation/admission-rules.ts'
import { loose } from '../../validation/loose.ts'
import { bindingColumns, validateBindingSpec } from './policy-rules.ts'

export const mutatingAdmissionPolicyBindings = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  namespaced: false,
  categories: ['api-extensions'],
  generation: true,
  columns: bindingColumns,
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
