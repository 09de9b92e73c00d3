// Event of v1.
import { defineResource } from '../../resource.ts'
import type { Event } from '../../types/core-v1.ts'
import { isPathSegmentName } from '../../validation/names.ts'
import { eventColumns } from './event-columns.ts'
import { validateEvent } from './event-rules.ts'

export const events = defineResource<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
  shortNames: ['ev'],
  columns: eventColumns,
  selectableFields: {
    'involvedObject.kind': e => e.involvedObject.kind ?? '',
    'involvedObject.namespace': e => e.involvedObject.namespace ?? '',
    'involvedObject.name': e => e.involvedObject.name ?? '',
    'involvedObject.uid': e => e.involvedObject.uid ?? '',
    'involvedObject.apiVersion': e => e.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': e => e.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': e => e.involvedObject.fieldPath ?? '',
    reason: e => e.reason ?? '',
    reportingComponent: e => e.reportingComponent ?? '',
    source: e => e.source?.component ?? e.reportingComponent ?? '',
    type: e => e.type ?? '',
  },
  validateName: name => [...isPathSegmentName(name)],
  metadataChecks: 'none',
  validate: (event, old) => validateEvent(event, old, 'v1'),
  createOnUpdate: true,
  ttlSeconds: 3600,
})
