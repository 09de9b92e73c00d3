// Event of v1.
import { defineResource } from '../../resource.ts'
import type { Event } from '../../types/core-v1.ts'

export const events = defineResource<Event>({
  group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true,
  shortNames: ['ev'],
})
