// ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ValidatingAdmissionPolicy } from '../../types/admissionregistration-v1.ts'

export const validatingAdmissionPolicies = defineResource<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io', version: 'v1', kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', namespaced: false,
  categories: ['api-extensions'], status: true,
})
