// Event of events.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { Event } from '../../types/events-v1.ts'

export const events = defineResource<Event>({
  group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true,
  shortNames: ['ev'],
})
