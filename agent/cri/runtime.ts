// What CRI says about the runtime itself, and its statistics.
import type { Call } from './call.ts'
import type { ContainerStats, RuntimeCondition, RuntimeVersion } from './messages.ts'

export interface Runtime {
  version(signal?: AbortSignal): Promise<RuntimeVersion>
  /** RuntimeReady and NetworkReady with their reasons. */
  conditions(signal?: AbortSignal): Promise<RuntimeCondition[]>
  stats(signal?: AbortSignal): Promise<ContainerStats[]>
}

export const createRuntime = (call: Call): Runtime => ({
  version: signal => call('Version', { version: 'v1' }, { timeoutMs: 10_000, signal }),
  conditions: async signal => (await call<{ status: { conditions: RuntimeCondition[] } }>('Status', {}, { timeoutMs: 10_000, signal })).status.conditions,
  stats: async signal => (await call<{ stats: ContainerStats[] }>('ListContainerStats', {}, { signal })).stats,
})
