// Which fields an endpoint takes back from what is sent to it: nobody comes to own them there. Upstream's strategies name them kind by
// kind; `spec` on /status and `status` on the main resource are common to all, the rest is here.
import { type FieldSet, setOf } from '../../api/patch/apply/field-set.ts'
import type { AnyResource } from '../../api/resource.ts'

type Paths = readonly (readonly string[])[]

const metadata = ['f:metadata']
const onStatus: Readonly<Record<string, Paths>> = {
  'deployments.apps': [['f:metadata', 'f:labels']],
  pods: [
    ['f:metadata', 'f:deletionTimestamp'],
    ['f:metadata', 'f:ownerReferences'],
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [metadata],
  'flowschemas.flowcontrol.apiserver.k8s.io': [metadata],
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': [metadata],
  'validatingadmissionpolicies.admissionregistration.k8s.io': [metadata],
  'resourceclaims.resource.k8s.io': [metadata],
}

/** Undefined when the endpoint takes everything. */
export const resetFieldsOf = (record: AnyResource, subresource: string | undefined): FieldSet | undefined => {
  if (subresource === 'approval') return setOf(['f:spec'], ['f:status', 'f:certificate'])
  if (subresource === 'status') return setOf(['f:spec'], ...(record.custom ? [metadata] : (onStatus[record.id] ?? [])))
  return record.status && (subresource === undefined || subresource === 'finalize') ? setOf(['f:status']) : undefined
}
