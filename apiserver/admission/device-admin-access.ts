// Admin access to devices, also to those that others use, is only for namespaces that say so: upstream's storage asks it when claims and
// their templates are made, and when an allocation with it is written.
import { type FieldError, forbiddenField, invalid } from '../../api/field-error.ts'
import type { DeviceClaim, DeviceRequestAllocationResult, ResourceClaim } from '../../api/types/resource-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { lookUp } from './look-up.ts'
import type { AdmissionDeps } from './registry.ts'

const label = 'resource.kubernetes.io/admin-access'
const detail = `admin access to devices requires the \`${label}: true\` label on the containing namespace`

interface Asking {
  spec?: { devices?: DeviceClaim; spec?: { devices?: DeviceClaim } }
  status?: ResourceClaim['status']
}

const results = (claim: Asking | undefined): readonly DeviceRequestAllocationResult[] => claim?.status?.allocation?.devices?.results ?? []

/** The first field that asks for it, as upstream names it: a template's like a claim's. */
const findAsking = ({ subresource, object, old }: AdmissionRequest): string | undefined => {
  const asking = object as Asking
  if (subresource === 'status') {
    if (results(old as Asking | undefined).some(result => result.adminAccess)) return undefined
    const i = results(asking).findIndex(result => result.adminAccess)
    return i < 0 ? undefined : `status.allocation.devices.results[${i}].adminAccess`
  }
  if (old) return undefined
  const requests = asking.spec?.devices?.requests ?? asking.spec?.spec?.devices?.requests ?? []
  const i = requests.findIndex(request => request.exactly?.adminAccess)
  return i < 0 ? undefined : `spec.devices.requests[${i}].adminAccess`
}

export const deviceAdminAccess = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'DeviceAdminAccess',
  handles: ['resourceclaims.resource.k8s.io', 'resourceclaims.resource.k8s.io/status', 'resourceclaimtemplates.resource.k8s.io'],
  operations: ['CREATE', 'UPDATE'],
  validate: async request => {
    const path = findAsking(request)
    if (path === undefined) return
    const namespace = await lookUp(store, table.stored('namespaces').keyOf('', request.namespace))
    if (namespace?.metadata.labels?.[label] === 'true') return
    const errors: FieldError[] = [forbiddenField(path, detail)]
    throw invalid(request.resource, request.name, errors)
  },
})
