// ValidatingWebhookConfiguration of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ValidatingWebhookConfiguration } from '../../types/admissionregistration-v1.ts'

export const validatingWebhookConfigurations = defineResource<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io', version: 'v1', kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations', namespaced: false,
  categories: ['api-extensions'],
})
