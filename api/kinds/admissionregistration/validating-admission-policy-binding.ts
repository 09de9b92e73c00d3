// ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ValidatingAdmissionPolicyBinding } from '../../types/admissionregistration-v1.ts'
import { defaultMatching } from '../../validation/admission-rules.ts'
import { loose } from '../../validation/loose.ts'
import { bindingColumns, validateActions, validateBindingSpec } from './policy-rules.ts'

export const validatingAdmissionPolicyBindings = defineResource<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
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
    const spec = loose(binding).spec ?? {}
    validateBindingSpec(errors, spec)
    validateActions(errors, 'spec.validationActions', spec.validationActions ?? [])
    return errors
  },
  unconditionalUpdate: false,
})
