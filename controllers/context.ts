// What every controller is given.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { ApiClient, Controller, EventRecorder, InformerFactory } from '../client/types.ts'
import type { CompletedControllersConfig } from './config.ts'

export interface ControllerContext {
  readonly client: ApiClient
  readonly informers: InformerFactory
  /** A recorder that reports as `component`. */
  readonly events: (component: string) => EventRecorder
  readonly log: Logger
  readonly clock: Clock
  readonly config: CompletedControllersConfig
}

export interface ControllerEntry {
  /** Upstream's name of the controller. */
  readonly name: string
  /**
   * The service account of kube-system that it acts as; the API server's default roles give it what the work needs. Some share one, as upstream.
   * Without one it acts as the controllers' process itself.
   */
  readonly account?: string
  /** undefined: not to be run with this configuration. */
  readonly create: (context: ControllerContext) => Controller | undefined
}
