// The scheduler's composition root.
import { nodes } from '../api/kinds/core/node.ts'
import { pods } from '../api/kinds/core/pod.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { createApiClient } from '../client/api-client.ts'
import { createEventRecorder } from '../client/event-recorder.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { Transport } from '../client/types.ts'
import { completeSchedulerConfig, type SchedulerConfig } from './config.ts'
import { plugins } from './plugins/registry.ts'
import { createSchedulingLoop } from './scheduler.ts'

export interface SchedulerMainDeps {
  readonly log: Logger
  readonly transport: Transport
  readonly clock: Clock
}

/** Started when its view of pods and nodes is complete. The transport stays the caller's. */
export const createScheduler = (config: SchedulerConfig, { log, transport, clock }: SchedulerMainDeps): Service => {
  const completed = completeSchedulerConfig(config)
  const client = createApiClient(transport, { userAgent: 'wherry-scheduler', clock })
  const informers = createInformerFactory(client, { log, clock })
  const events = createEventRecorder(client, { component: completed.schedulerName }, { log, clock })
  const loop = createSchedulingLoop(completed, { client, events, pods: informers.of(pods), nodes: informers.of(nodes), plugins, log, clock })
  const stopped = new AbortController()
  return {
    async start(signal) {
      informers.start(stopped.signal)
      await informers.synced(AbortSignal.any([signal, stopped.signal]))
      loop.run(stopped.signal)
    },
    async stop() {
      stopped.abort(new Error('the scheduler was stopped'))
      await loop.settled()
    },
  }
}
