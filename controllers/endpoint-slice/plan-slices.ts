// From the endpoints that should be to the fewest writes: slices that are right stay untouched, gaps are filled, new slices come last. Pure.
import type { Service } from '../../api/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../api/types/discovery-v1.ts'
import { toControllerReference } from '../owner-reference.ts'
import { type EndpointGroup, portsKey } from './compute-endpoints.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const managedBy = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'
const reserved = new Set([serviceNameLabel, managedByLabel, headlessLabel])
const maxPerSlice = 100

export interface SlicePlan {
  readonly create: EndpointSlice[]
  readonly update: EndpointSlice[]
  readonly remove: EndpointSlice[]
}

export const toSliceLabels = (service: Service): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(service.metadata.labels ?? {}).filter(([name]) => !reserved.has(name))),
  ...(service.spec.clusterIP === 'None' && { [headlessLabel]: '' }),
  [serviceNameLabel]: service.metadata.name ?? '',
  [managedByLabel]: managedBy,
})

const identity = (e: Endpoint): string => JSON.stringify([e.targetRef?.uid ?? '', e.addresses])
const content = (e: Endpoint): string => {
  const { ready, serving, terminating } = e.conditions ?? {}
  return JSON.stringify([
    e.addresses,
    ready ?? true,
    serving ?? true,
    terminating ?? false,
    e.hostname ?? '',
    e.nodeName ?? '',
    e.zone ?? '',
    e.targetRef?.name ?? '',
    e.targetRef?.namespace ?? '',
    e.targetRef?.uid ?? '',
  ])
}
const sameLabels = (a: Record<string, string> | undefined, b: Record<string, string>): boolean => {
  const [x, y] = [Object.entries(a ?? {}), Object.keys(b)]
  return x.length === y.length && x.every(([k, v]) => b[k] === v)
}

const newSlice = (service: Service, group: EndpointGroup, labels: Record<string, string>, endpoints: Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  addressType: group.addressType,
  metadata: {
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace ?? '',
    labels,
    ownerReferences: [toControllerReference({ ...service, apiVersion: 'v1', kind: 'Service' })],
  },
  endpoints,
  ports: [...group.ports],
})

interface Draft {
  readonly slice: EndpointSlice
  endpoints: Endpoint[]
  changed: boolean
}

const planGroup = (service: Service, group: EndpointGroup, existing: readonly EndpointSlice[], labels: Record<string, string>, plan: SlicePlan): void => {
  const wanted = new Map(group.endpoints.map(e => [identity(e), e]))
  const drafts = existing.map((slice): Draft => {
    const draft: Draft = { slice, endpoints: [], changed: !sameLabels(slice.metadata.labels, labels) }
    for (const old of slice.endpoints ?? []) {
      const id = identity(old)
      const now = wanted.get(id)
      if (!now) {
        draft.changed = true
        continue
      }
      wanted.delete(id)
      if (content(old) !== content(now)) draft.changed = true
      draft.endpoints.push(now)
    }
    return draft
  })
  const rest = [...wanted.values()]
  // Slices that are written anyway take new endpoints first, then others with room, the fullest first.
  const room = drafts.toSorted((a, b) => Number(b.changed) - Number(a.changed) || b.endpoints.length - a.endpoints.length)
  for (const draft of room) {
    const added = rest.splice(0, Math.max(0, maxPerSlice - draft.endpoints.length))
    if (!added.length) continue
    draft.endpoints.push(...added)
    draft.changed = true
  }
  let placeholder = group.endpoints.length === 0
  for (const { slice, endpoints, changed } of drafts) {
    if (endpoints.length === 0 && !placeholder) plan.remove.push(slice)
    else if (changed) plan.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports: [...group.ports] })
    if (endpoints.length === 0) placeholder = false
  }
  while (rest.length) plan.create.push(newSlice(service, group, labels, rest.splice(0, maxPerSlice)))
  if (placeholder) plan.create.push(newSlice(service, group, labels, []))
}

export const planSlices = (service: Service, groups: ReadonlyMap<string, EndpointGroup>, existing: readonly EndpointSlice[]): SlicePlan => {
  const plan: SlicePlan = { create: [], update: [], remove: [] }
  const labels = toSliceLabels(service)
  const byKey = Map.groupBy(existing, s => portsKey(s.addressType, s.ports))
  // A slice whose ports nobody has any more is reused for a group that has none yet, instead of one deletion and one creation.
  const spare = [...byKey].filter(([key]) => !groups.has(key)).flatMap(([, slices]) => slices)
  for (const [key, group] of groups) {
    const mine = byKey.get(key) ?? []
    const reusable = mine.length ? -1 : spare.findIndex(s => s.addressType === group.addressType)
    if (reusable < 0) planGroup(service, group, mine, labels, plan)
    else {
      const [reused] = spare.splice(reusable, 1)
      if (reused) planGroup(service, group, [{ ...reused, metadata: { ...reused.metadata, labels: {} } }], labels, plan)
    }
  }
  plan.remove.push(...spare)
  return plan
}
