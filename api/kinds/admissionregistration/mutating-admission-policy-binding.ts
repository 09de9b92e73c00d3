// MutatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicyBinding } from '../../types/admissionregistration-v1.ts'

export const mutatingAdmissionPolicyBindings = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io', version: 'v1', kind: 'MutatingAdmissionPolicyBinding', plural: 'mutatingadmissionpolicybindings', namespaced: false,
  categories: ['api-extensions'],
})
