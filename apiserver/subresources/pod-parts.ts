// pods/ephemeralcontainers and pods/resize: the whole pod goes through, the record's prepare takes the part that is meant.
import { get } from '../verbs/get.ts'
import type { Subresource } from './registry.ts'
import { patchThrough, putThrough } from './status.ts'

const part = (name: string): Subresource => ({
  name,
  appliesTo: record => record.id === 'pods',
  handlers: { get, update: putThrough(name), patch: patchThrough(name) },
  discovery: { verbs: ['get', 'patch', 'update'] },
})

export const ephemeralContainers = part('ephemeralcontainers')
export const resize = part('resize')
