// What is accepted of a Job, also within a CronJob, but unwise.
import type { JobSpec } from '../../types/batch-v1.ts'

const manyCompletions = 100_000
const manyPods = 10_000

export const jobWarnings = (spec: JobSpec | undefined, path: string): string[] =>
  spec?.completionMode === 'Indexed' && (spec.completions ?? 0) > manyCompletions && (spec.parallelism ?? 0) > manyPods
    ? [
        `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
      ]
    : []
