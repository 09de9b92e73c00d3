// A request in another version of its kind, converted once for all policies that look at that version.
import { type ResourceTable, type Served } from '../../resource-table.ts'
import type { AnyResource } from '../../../api/resource.ts'
import type { AdmissionRequest } from '../admission.ts'
import { convert } from '../webhooks/dispatch.ts'
import type { Seen } from '../webhooks/review.ts'

export const servedOf = (table: ResourceTable, { group, version, plural }: AnyResource): Served => {
  const found = table.find(group, version, plural)
  if (!found) throw new Error(`${plural} of ${group}/${version} is not served`)
  return found
}

export const createView = (table: ResourceTable, request: AdmissionRequest): ((resource: AnyResource) => Promise<Seen>) => {
  const known = new Map<AnyResource, Seen>()
  return async resource => {
    // Bodies of subresources (Scale, Eviction) are what they are in any version.
    if (resource === request.resource || request.kind) return { resource, object: request.object, old: request.old }
    const seen = known.get(resource)
    if (seen) return seen
    const [from, to] = [servedOf(table, request.resource), servedOf(table, resource)]
    const converted = {
      resource,
      object: request.object && (await convert(request.object, from, to)),
      old: request.old && (await convert(request.old, from, to)),
    }
    known.set(resource, converted)
    return converted
  }
}
