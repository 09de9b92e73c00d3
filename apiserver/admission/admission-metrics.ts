// How long admission takes, under upstream's names: by plugin, and by webhook.
import type { Counter, Histogram, Series } from '../discovery/series.ts'
import type { Operation } from './admission.ts'

export type Phase = 'admit' | 'validate'

/** One plugin in one phase of one operation. */
export interface PluginTimer {
  observe(rejected: boolean, ms: number): void
}

const pluginBounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5]
const webhookBounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25]

export const createPluginTimer = (series: Series, name: string, operation: Operation, type: Phase): PluginTimer => {
  const made = new Map<boolean, Histogram>()
  return {
    observe: (rejected, ms) => {
      let histogram = made.get(rejected)
      if (!histogram) {
        const labels = { name, operation, rejected: String(rejected), type }
        made.set(rejected, (histogram = series.histogram('apiserver_admission_controller_admission_duration_seconds', pluginBounds, labels)))
      }
      histogram.observe(ms / 1000)
    },
  }
}

export interface WebhookCall {
  readonly name: string
  readonly operation: Operation
  readonly type: 'admit' | 'validating'
}

export interface WebhookMetrics {
  answered(call: WebhookCall, rejected: boolean, ms: number): void
  /** It could not be asked: `ignored` says whether that was no obstacle. */
  failed(call: WebhookCall, ignored: boolean, ms: number): void
}

export const createWebhookMetrics = (series: Series): WebhookMetrics => {
  const observe = ({ name, operation, type }: WebhookCall, rejected: boolean, ms: number): void => {
    const labels = { name, operation, rejected: String(rejected), type }
    series.histogram('apiserver_admission_webhook_admission_duration_seconds', webhookBounds, labels).observe(ms / 1000)
  }
  const rejections = ({ name, operation, type }: WebhookCall, error_type: string): Counter =>
    series.counter('apiserver_admission_webhook_rejection_count', { error_type, name, operation, rejection_code: '0', type })
  return {
    answered: (call, rejected, ms) => {
      observe(call, rejected, ms)
      if (rejected) rejections(call, 'no_error').add()
    },
    failed: (call, ignored, ms) => {
      observe(call, !ignored, ms)
      if (ignored) series.counter('apiserver_admission_webhook_fail_open_count', { name: call.name, type: call.type }).add()
      else rejections(call, 'calling_webhook_error').add()
    },
  }
}
