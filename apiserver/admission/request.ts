// An AdmissionRequest from what every verb knows of its request.
import type { AnyResource } from '../../api/resource.ts'
import type { Context } from '../context.ts'
import type { AdmissionRequest } from './admission.ts'

type Own = Pick<AdmissionRequest, 'operation' | 'object' | 'old' | 'options' | 'dryRun'>
type Given = Partial<Pick<AdmissionRequest, 'kind' | 'namespace' | 'name' | 'subresource'>>

/** Namespace, name and subresource are those of the path where `given` does not say otherwise. */
export const toAdmissionRequest = ({ info, user, request, warnings, audit }: Context, record: AnyResource, own: Own, given: Given = {}): AdmissionRequest => ({
  resource: record,
  subresource: info.subresource,
  namespace: info.namespace,
  name: info.name,
  user,
  signal: request.signal,
  warn: text => {
    warnings.add(text)
  },
  annotate: (key, value) => audit.annotate(key, value),
  auditsObjects: audit.wantsRequest,
  ...own,
  ...given,
})
