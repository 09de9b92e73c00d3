// MutatingWebhookConfiguration of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { MutatingWebhookConfiguration } from '../../types/admissionregistration-v1.ts'
import { countEmptied } from '../generation.ts'
import { defaultWebhook, validateWebhooks, webhookColumns } from './webhook-rules.ts'

export const mutatingWebhookConfigurations = defineResource<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
  generation: true,
  columns: webhookColumns,
  default: configuration => {
    for (const hook of configuration.webhooks ?? []) {
      defaultWebhook(hook)
      hook.reinvocationPolicy ??= 'Never'
    }
  },
  prepare: (configuration, old) => {
    countEmptied(configuration, old, 'webhooks')
  },
  metadataChecks: 'object',
  validate: validateWebhooks,
  unconditionalUpdate: false,
})
