// The scheduling loop: takes pods from the queue, decides (pure, synchronous), assumes, and binds in the background, many at a time.
import { pods as podKind } from '../api/kinds/core/pod.ts'
import { isReason } from '../api/status.ts'
import type { Node, Pod, PodCondition } from '../api/types/core-v1.ts'
import { type Clock, toTime } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { ApiClient, EventRecorder, Informer } from '../client/types.ts'
import { createSchedulerCache } from './cache.ts'
import type { CompletedSchedulerConfig } from './config.ts'
import { toAllocatable } from './framework/node-info.ts'
import { schedulePod } from './framework/schedule-pod.ts'
import { isCordoned, taintsOf } from './framework/taints.ts'
import type { Plugin, PodInfo } from './framework/types.ts'
import { createSchedulingQueue, type QueuedPod } from './queue.ts'

export interface SchedulerDeps {
  readonly client: ApiClient
  readonly events: EventRecorder
  readonly pods: Informer<Pod>
  readonly nodes: Informer<Node>
  readonly plugins: readonly Plugin[]
  readonly log: Logger
  readonly clock: Clock
}

export interface Scheduler {
  /** Begins to place pods; the informers must have synced. */
  run(signal: AbortSignal): void
  /** Resolves when nothing is being bound any more. */
  settled(): Promise<void>
}

/** The loop gives way to others after this long. */
const sliceMs = 5
const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Only what a plugin may look at; heartbeats change other things every few seconds. */
const isNodeChange = (a: Node, b: Node): boolean =>
  isCordoned(a) !== isCordoned(b) ||
  JSON.stringify([a.metadata.labels, taintsOf(a)]) !== JSON.stringify([b.metadata.labels, taintsOf(b)]) ||
  JSON.stringify(toAllocatable(a)) !== JSON.stringify(toAllocatable(b))

export const createSchedulingLoop = (config: CompletedSchedulerConfig, deps: SchedulerDeps): Scheduler => {
  const { client, events, pods, nodes, plugins, log, clock } = deps
  const cache = createSchedulerCache()
  const writes = new Set<Promise<void>>()
  let bindings = 0
  let scheduled = false
  let startIndex = 0
  let running: AbortSignal | undefined

  const wake = (): void => {
    if (scheduled || !running || running.aborted) return
    scheduled = true
    queueMicrotask(drain)
  }
  const queue = createSchedulingQueue({ clock, plugins, onReady: wake })

  const inBackground = (work: Promise<void>): void => {
    writes.add(work)
    void work.finally(() => writes.delete(work))
  }
  const isOurs = (pod: Pod): boolean => (pod.spec.schedulerName ?? 'default-scheduler') === config.schedulerName

  /** Tells the user why: an event, and the condition that `kubectl describe` shows. */
  const reportFailure = async (pod: Pod, reason: string, message: string): Promise<void> => {
    events.event(pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' })
    const old = pod.status?.conditions?.find(c => c.type === 'PodScheduled')
    if (old?.status === 'False' && old.reason === reason && old.message === message) return
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastTransitionTime: old?.status === 'False' && old.lastTransitionTime ? old.lastTransitionTime : toTime(clock.now()),
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    }
    try {
      await client
        .of(podKind, pod.metadata.namespace)
        .patch(pod.metadata.name ?? '', 'strategic', { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, { subresource: 'status' })
    } catch (error) {
      if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict') && !running?.aborted)
        log.warn({ err: error, pod: pod.metadata.name }, 'the reason why a pod waits could not be written')
    }
  }

  const bind = async (queued: QueuedPod, node: string): Promise<void> => {
    const { info } = queued
    const { name, namespace, uid } = info.pod.metadata
    try {
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: node } }
      await client.of(podKind, namespace).createSubresource(name ?? '', 'binding', binding, running && { signal: running })
      queue.done(queued)
      events.event(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${node}`, { action: 'Binding' })
    } catch (error) {
      if (running?.aborted) return
      if (cache.podOf(info.uid) && !cache.isAssumed(info.uid)) {
        // The answer was lost, not the binding: the informer shows the pod on its node.
        queue.done(queued)
        return
      }
      cache.forget(info.uid)
      // What the assumed pod held is free again for those that were rejected meanwhile.
      queue.move({ type: 'PodFreed', pod: info, gone: true })
      if (isReason(error, 'NotFound') || isReason(error, 'Conflict')) {
        // Gone, or bound by somebody else: the informer says which, and a pod that still waits comes again from there.
        queue.done(queued)
        return
      }
      log.warn({ err: error, pod: info.key, node }, 'binding failed; trying again')
      queue.failed(queued)
      await reportFailure(info.pod, 'SchedulerError', `binding rejected: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      bindings--
      wake()
    }
  }

  const scheduleOne = (queued: QueuedPod): void => {
    const { info } = queued
    if (info.pod.metadata.deletionTimestamp || cache.isAssumed(info.uid)) {
      queue.done(queued)
      return
    }
    const candidates = cache.nodes()
    const decision = schedulePod(info, candidates, plugins, { startIndex })
    if (decision.node) {
      startIndex = (startIndex + decision.evaluated) % candidates.length
      cache.assume(info, decision.node.name)
      bindings++
      inBackground(bind(queued, decision.node.name))
    } else {
      queue.rejected(queued, decision.rejectedBy)
      inBackground(reportFailure(info.pod, 'Unschedulable', decision.message))
    }
  }

  function drain(): void {
    scheduled = false
    const untilMs = clock.now() + sliceMs
    while (running && !running.aborted && bindings < config.maxBindings) {
      const next = queue.pop()
      if (!next) return
      try {
        scheduleOne(next)
      } catch (error) {
        log.error({ err: error, pod: next.info.key }, 'scheduling threw; trying again')
        queue.failed(next)
      }
      if (clock.now() >= untilMs) {
        scheduled = true
        setImmediate(drain)
        return
      }
    }
  }

  const freed = (info: PodInfo | undefined): void => {
    if (info) queue.move({ type: 'PodFreed', pod: info, gone: true })
  }
  const onPod = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? ''
    if (isFinished(pod)) {
      queue.remove(uid)
      freed(cache.removePod(uid))
    } else if (pod.spec.nodeName) {
      const before = cache.podOf(uid)
      queue.remove(uid)
      cache.setPod(pod)
      const now = cache.podOf(uid)
      if (before && now && (now.requests.milliCpu < before.requests.milliCpu || now.requests.memory < before.requests.memory))
        queue.move({ type: 'PodFreed', pod: before, gone: false })
    } else if (isOurs(pod) && !cache.isAssumed(uid)) queue.put(pod)
  }

  return {
    run(signal) {
      running = signal
      // Nodes first: the first pods must not be judged against an empty cluster.
      const removals = [
        nodes.on({
          add(node) {
            cache.setNode(node)
            queue.move({ type: 'NodeAdded', node })
          },
          update(node, old) {
            cache.setNode(node)
            if (isNodeChange(node, old)) queue.move({ type: 'NodeChanged', node, old })
          },
          delete: node => cache.removeNode(node.metadata.name ?? ''),
        }),
        pods.on({
          add: onPod,
          update: onPod,
          delete(pod) {
            const uid = pod.metadata.uid ?? ''
            queue.remove(uid)
            freed(cache.removePod(uid))
          },
        }),
      ]
      signal.addEventListener(
        'abort',
        () => {
          for (const remove of removals) remove()
          queue.stop()
        },
        { once: true },
      )
      wake()
    },
    async settled() {
      while (writes.size) await Promise.allSettled(writes)
    },
  }
}
