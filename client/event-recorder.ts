// Writes core/v1 Events, one at a time and in order, from a bounded queue: an event never holds up what it tells about.
import { events } from '../api/kinds/core/event.ts'
import type { KubeObject } from '../api/object.ts'
import { isReason } from '../api/status.ts'
import type { Event } from '../api/types/core-v1.ts'
import { type Clock, toTime } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { createEventCorrelator, type EventFacts, type Series, type Verdict } from './event-correlator.ts'
import type { ApiClient, EventRecorder } from './types.ts'

export interface EventRecorderConfig {
  /** Who reports: default-scheduler, kubelet, deployment-controller. */
  readonly component: string
  /** The node, for a node's agent. */
  readonly host?: string
}

export interface QueuedEventRecorder extends EventRecorder {
  /** Resolves when everything recorded so far has been written or given up. */
  flush(): Promise<void>
}

const maxQueued = 1000
const reference = (o: KubeObject, fieldPath: string | undefined): Event['involvedObject'] => ({
  kind: o.kind,
  apiVersion: o.apiVersion,
  name: o.metadata.name ?? '',
  ...(o.metadata.namespace && { namespace: o.metadata.namespace }),
  ...(o.metadata.uid && { uid: o.metadata.uid }),
  ...(o.metadata.resourceVersion && { resourceVersion: o.metadata.resourceVersion }),
  ...(fieldPath && { fieldPath }),
})

export const createEventRecorder = (client: ApiClient, config: EventRecorderConfig, { log, clock }: { log: Logger; clock: Clock }): QueuedEventRecorder => {
  const { component, host } = config
  const correlator = createEventCorrelator()
  const queue: (() => Promise<void>)[] = []
  let draining: Promise<void> | undefined
  let serial = 0

  const create = async (
    facts: EventFacts,
    about: Event['involvedObject'],
    message: string,
    nowMs: number,
    count: number,
    firstMs: number,
    action?: string,
  ): Promise<string> => {
    const namespace = facts.object.namespace || 'default'
    // As client-go names them: the object, and nanoseconds in hexadecimal; the serial keeps two in one millisecond apart.
    const name = `${facts.object.name}.${(BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(serial++ % 1_000_000)).toString(16)}`
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: about,
      reason: facts.reason,
      message,
      type: facts.type,
      count,
      firstTimestamp: toTime(firstMs),
      lastTimestamp: toTime(nowMs),
      eventTime: null,
      source: { component, ...(host && { host }) },
      reportingComponent: component,
      reportingInstance: host ?? '',
      ...(action && { action }),
    }
    await client.of(events, namespace).create(event as unknown as Event)
    return name
  }
  const write = async (
    facts: EventFacts,
    about: Event['involvedObject'],
    verdict: Exclude<Verdict, { do: 'drop' }>,
    nowMs: number,
    action?: string,
  ): Promise<void> => {
    if (verdict.do === 'create') {
      verdict.remember(await create(facts, about, verdict.message, nowMs, 1, nowMs, action))
      return
    }
    const series: Series = verdict.series
    try {
      const namespace = facts.object.namespace || 'default'
      await client.of(events, namespace).patch(series.name, 'merge', { count: series.count, message: verdict.message, lastTimestamp: toTime(nowMs) })
    } catch (error) {
      // The Event has expired meanwhile: the series goes on in a new one.
      if (!isReason(error, 'NotFound')) throw error
      Object.assign(series, { name: await create(facts, about, verdict.message, nowMs, series.count, series.firstMs, action) })
    }
  }
  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await new Promise(resolve => setImmediate(resolve))
      await next().catch((error: unknown) => {
        // A namespace that is going away takes no more events; nothing is lost that anybody could read.
        if (!isReason(error, 'Forbidden') && !isReason(error, 'NotFound')) log.warn({ err: error }, 'an event could not be written')
      })
    }
    draining = undefined
  }

  return {
    event(about, type, reason, message, { fieldPath, action } = {}) {
      if (queue.length >= maxQueued) {
        log.debug({ reason, message }, 'too many events are waiting; this one is dropped')
        return
      }
      const nowMs = clock.now()
      const ref = reference(about, fieldPath)
      const facts: EventFacts = {
        source: `${component}/${host ?? ''}`,
        type,
        reason,
        message,
        object: {
          kind: about.kind,
          apiVersion: about.apiVersion,
          namespace: about.metadata.namespace ?? '',
          name: about.metadata.name ?? '',
          uid: about.metadata.uid ?? '',
          fieldPath: fieldPath ?? '',
        },
      }
      // Judged when its turn comes, so that a repetition finds the series its predecessor has just made.
      queue.push(async () => {
        const verdict = correlator.judge(facts, nowMs)
        if (verdict.do !== 'drop') await write(facts, ref, verdict, nowMs, action)
      })
      draining ??= drain()
    },
    flush: async () => {
      while (draining) await draining
    },
  }
}
