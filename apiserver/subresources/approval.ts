// certificatesigningrequests/approval: conditions of type Approved and Denied are set here and nowhere else.
import { get } from '../verbs/get.ts'
import type { Subresource } from './registry.ts'
import { patchThrough, putThrough } from './status.ts'

export const approval: Subresource = {
  name: 'approval',
  appliesTo: record => record.id === 'certificatesigningrequests.certificates.k8s.io',
  handlers: { get, update: putThrough('approval'), patch: patchThrough('approval') },
  discovery: { verbs: ['get', 'patch', 'update'] },
}
