// ValidatingWebhookConfiguration of admissionregistration.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { ValidatingWebhookConfiguration } from '../../types/admissionregistration-v1.ts'
import { countEmptied } from '../generation.ts'
import { defaultWebhook, validateWebhooks, webhookColumns } from './webhook-rules.ts'

export const validatingWebhookConfigurations = defineResource<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
  generation: true,
  columns: webhookColumns,
  default: configuration => {
    for (const hook of configuration.webhooks ?? []) {
      defaultWebhook(hook)
    }
  },
  prepare: (configuration, old) => {
    countEmptied(configuration, old, 'webhooks')
  },
  metadataChecks: 'object',
  validate: validateWebhooks,
  unconditionalUpdate: false,
})
