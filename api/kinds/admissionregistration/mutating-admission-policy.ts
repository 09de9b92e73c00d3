// MutatingAdmissionPolicy of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { MutatingAdmissionPolicy } from '../../types/admissionregistration-v1.ts'

export const mutatingAdmissionPolicies = defineResource<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io', version: 'v1', kind: 'MutatingAdmissionPolicy', plural: 'mutatingadmissionpolicies', namespaced: false,
  categories: ['api-extensions'],
})
