// Event of events.k8s.io/v1: core's Event under newer names, under stricter rules.
import { defineResource } from '../../resource.ts'
import type { Event as CoreEvent } from '../../types/core-v1.ts'
import type { Event } from '../../types/events-v1.ts'
import { eventColumns } from '../core/event-columns.ts'
import { validateEvent } from '../core/event-rules.ts'

/** The same event in core's names, in which upstream stores and judges it. */
const toCore = (event: Event): CoreEvent => {
  const { regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, reportingController, ...same } = event
  return {
    ...same,
    involvedObject: regarding ?? {},
    reportingComponent: reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
    ...(note !== undefined && { message: note }),
    ...(deprecatedSource && { source: deprecatedSource }),
    ...(deprecatedFirstTimestamp && { firstTimestamp: deprecatedFirstTimestamp }),
    ...(deprecatedLastTimestamp && { lastTimestamp: deprecatedLastTimestamp }),
    ...(deprecatedCount !== undefined && { count: deprecatedCount }),
  }
}

export const events = defineResource<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  shortNames: ['ev'],
  columns: eventColumns.map(c => ({ ...c, value: (event: Event, now: number) => c.value(toCore(event), now) })),
  metadataChecks: 'update',
  validate: (event, old) => validateEvent(toCore(event), old && toCore(old), 'events.k8s.io/v1'),
  createOnUpdate: true,
  ttlSeconds: 3600,
})
