// ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ValidatingAdmissionPolicyBinding } from '../../types/admissionregistration-v1.ts'

export const validatingAdmissionPolicyBindings = defineResource<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io', version: 'v1', kind: 'ValidatingAdmissionPolicyBinding', plural: 'validatingadmissionpolicybindings', namespaced: false,
  categories: ['api-extensions'],
})
