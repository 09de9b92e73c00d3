// Defaults of a Job, also within a CronJob.
import type { JobSpec } from '../../types/batch-v1.ts'
import { defaultTemplate } from '../workload.ts'

export const defaultJobSpec = (spec: JobSpec): void => {
  // One pod, unless the writer says anything about how many.
  if (spec.completions === undefined && spec.parallelism === undefined) {
    spec.completions = 1
    spec.parallelism = 1
  }
  spec.parallelism ??= 1
  if (spec.backoffLimit === undefined) spec.backoffLimit = spec.backoffLimitPerIndex !== undefined ? 2 ** 31 - 1 : 6
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const pattern of rule.onPodConditions ?? []) if (!pattern.status) pattern.status = 'True'
  defaultTemplate(spec.template)
}
