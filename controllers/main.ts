// The controllers' composition root.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { createApiClient } from '../client/api-client.ts'
import { runControllers } from '../client/controller.ts'
import { createEventRecorder } from '../client/event-recorder.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { Transport } from '../client/types.ts'
import { completeControllersConfig, type ControllersConfig } from './config.ts'
import { controllerEntries } from './registry.ts'

export interface ControllersDeps {
  readonly log: Logger
  readonly transport: Transport
  readonly clock: Clock
}

/** Started when every controller's view is complete. The transport stays the caller's. */
export const createControllers = (config: ControllersConfig, { log, transport, clock }: ControllersDeps): Service => {
  const completed = completeControllersConfig(config)
  const client = createApiClient(transport, { userAgent: 'wherry-controllers', clock })
  const informers = createInformerFactory(client, { log, clock })
  const context = {
    client,
    informers,
    log,
    clock,
    config: completed,
    events: (component: string) => createEventRecorder(client, { component }, { log, clock }),
  }
  const controllers = controllerEntries
    .filter(({ name }) => completed.only?.includes(name) ?? true)
    .map(({ create }) => create(context))
    .filter(controller => controller !== undefined)
  const stopped = new AbortController()
  let running: Promise<void> | undefined
  return {
    async start(signal) {
      informers.start(stopped.signal)
      running = runControllers(controllers, { log, clock, signal: stopped.signal })
      await informers.synced(AbortSignal.any([signal, stopped.signal]))
    },
    async stop() {
      stopped.abort(new Error('the controllers were stopped'))
      await running
    },
  }
}
