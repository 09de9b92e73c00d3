// The controllers' composition root.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { createApiClient } from '../client/api-client.ts'
import { runControllers } from '../client/controller.ts'
import { createEventRecorder } from '../client/event-recorder.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { ApiClient, Transport } from '../client/types.ts'
import { completeControllersConfig, type ControllersConfig } from './config.ts'
import type { ControllerContext } from './context.ts'
import { controllerEntries } from './registry.ts'

export interface ControllersDeps {
  readonly log: Logger
  /** What all of them see comes through this one. */
  readonly transport: Transport
  /** What each of them does goes through the one of its service account in kube-system. */
  readonly transportAs: (account: string) => Transport
  readonly clock: Clock
}

/** Started when every controller's view is complete. Transports stay the caller's. */
export const createControllers = (config: ControllersConfig, { log, transport, transportAs, clock }: ControllersDeps): Service => {
  const completed = completeControllersConfig(config)
  const client = createApiClient(transport, { userAgent: 'wherry-controllers', clock })
  const informers = createInformerFactory(client, { log, clock })
  const clients = new Map<string, ApiClient>()
  const clientOf = (account: string): ApiClient => {
    const made = clients.get(account) ?? createApiClient(transportAs(account), { userAgent: 'wherry-controllers', clock })
    clients.set(account, made)
    return made
  }
  const contextOf = (account: string | undefined): ControllerContext => {
    const own = account === undefined ? client : clientOf(account)
    return {
      client: own,
      informers,
      log,
      clock,
      config: completed,
      events: component => createEventRecorder(own, { component }, { log, clock }),
    }
  }
  const controllers = controllerEntries
    .filter(({ name }) => completed.only?.includes(name) ?? true)
    .map(({ create, account }) => create(contextOf(account)))
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
