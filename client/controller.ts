// THE reconcile loop: informers' changes become keys, keys are reconciled one at a time each, failures come again with back-off.
// Controllers are values (see Controller in types.ts); nothing else in the house runs a loop over keys.
import { type KubeObject, objectKey } from '../api/object.ts'
import { isReason } from '../api/status.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Controller, ControllerWatch, Informer } from './types.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

/** Thrown by reconcile when trying again cannot help; the key waits for its next change. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TerminalError'
  }
}

export interface RunOptions {
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
}

const register = (queue: WorkQueue, watch: ControllerWatch): (() => void) => {
  const keysOf = (watch.toKeys?.bind(watch) ?? ((object: KubeObject) => [objectKey(object)])) as (object: KubeObject, old?: KubeObject) => readonly string[]
  const enqueue = (object: KubeObject, old?: KubeObject): void => {
    for (const key of keysOf(object, old)) queue.add(key)
  }
  const informer = watch.informer as Informer<KubeObject>
  return informer.on({ add: object => enqueue(object), update: enqueue, delete: object => enqueue(object) })
}

const work = async (controller: Controller, queue: WorkQueue, log: Logger, signal: AbortSignal): Promise<void> => {
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    try {
      const result = await controller.reconcile(key, signal)
      queue.forget(key)
      if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof TerminalError) {
        queue.forget(key)
        log.error({ key, err: error }, 'reconcile failed for good')
      } else {
        const failures = queue.retry(key)
        // A conflict only says that somebody else wrote first; the next look sees it.
        log[isReason(error, 'Conflict') && failures < 5 ? 'debug' : 'warn']({ key, err: error, failures }, 'reconcile failed; trying again')
      }
    } finally {
      queue.done(key)
    }
  }
}

const runController = async (controller: Controller, { log, clock, signal }: RunOptions): Promise<void> => {
  const queue = createWorkQueue({ clock })
  const removals = controller.watches.map(watch => register(queue, watch))
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const stop = (): void => {
    queue.stop()
    resolve(undefined)
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  await Promise.race([aborted, Promise.all(controller.watches.map(w => w.informer.synced))])
  const named = log.child({ controller: controller.name })
  await Promise.all(Array.from({ length: controller.concurrency ?? 4 }, () => work(controller, queue, named, signal)))
  for (const remove of removals) remove()
}

/** Runs all controllers until `signal` aborts and their last reconciles have returned. Their informers must be started by the caller. */
export const runControllers = async (controllers: readonly Controller[], options: RunOptions): Promise<void> => {
  await Promise.all(controllers.map(c => runController(c, options)))
}
