// What can be set about the scheduler.

export interface SchedulerConfig {
  /** Pods with this spec.schedulerName are ours. */
  readonly schedulerName?: string
  /** Bindings sent and not yet answered at the same time. */
  readonly maxBindings?: number
}

export type CompletedSchedulerConfig = Readonly<Required<SchedulerConfig>>

export const completeSchedulerConfig = (config: SchedulerConfig = {}): CompletedSchedulerConfig => ({
  schedulerName: config.schedulerName ?? 'default-scheduler',
  maxBindings: config.maxBindings ?? 64,
})
