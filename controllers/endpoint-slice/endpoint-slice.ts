// EndpointSlices of Services with a selector: which addresses serve, as proxy and DNS read them.
import { nodes as nodeKind } from '../../api/kinds/core/node.ts'
import { pods as podKind } from '../../api/kinds/core/pod.ts'
import { services as serviceKind } from '../../api/kinds/core/service.ts'
import { endpointSlices } from '../../api/kinds/discovery/endpoint-slice.ts'
import { objectKey } from '../../api/object.ts'
import { matchesLabels } from '../../api/selectors.ts'
import { isReason } from '../../api/status.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import type { EndpointSlice } from '../../api/types/discovery-v1.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { isReady } from '../pod-state.ts'
import { computeEndpointGroups } from './compute-endpoints.ts'
import { managedBy, managedByLabel, planSlices, serviceNameLabel } from './plan-slices.ts'

/** A write that does not show up for this long was undone by somebody before we noted it. */
const maxBehindMs = 5_000

const sliceServiceKey = (slice: EndpointSlice): string | undefined => {
  const { labels = {}, namespace } = slice.metadata
  const name = labels[serviceNameLabel]
  return name && labels[managedByLabel] === managedBy ? `${namespace}/${name}` : undefined
}

/** What of a pod shows in an endpoint. */
const facts = (pod: Pod): string =>
  JSON.stringify([
    pod.status?.podIPs,
    pod.status?.phase,
    isReady(pod),
    pod.metadata.deletionTimestamp !== undefined,
    pod.metadata.labels,
    pod.spec.nodeName,
    pod.spec.hostname,
    pod.spec.subdomain,
  ])

export const createEndpointSliceController = ({ client, informers, events: eventsOf, clock }: ControllerContext): Controller => {
  const services = informers.of(serviceKind)
  const pods = informers.of(podKind)
  const slices = informers.of(endpointSlices)
  const nodes = informers.of(nodeKind)
  const events = eventsOf('endpoint-slice-controller')
  slices.addIndex('service', slice => [sliceServiceKey(slice) ?? ''])

  /** Our writes that the informer does not show yet: name → version, undefined for a deletion. */
  const pending = new Map<string, Map<string, { version: number | undefined; sinceMs: number }>>()
  const note = (key: string, name: string, version: number | undefined): void => {
    const names = pending.get(key) ?? new Map<string, { version: number | undefined; sinceMs: number }>()
    pending.set(key, names.set(name, { version, sinceMs: clock.now() }))
  }
  /** True while the informer is behind our own writes; its next event brings the key again. */
  const isBehind = (key: string, namespace: string | undefined): boolean => {
    const names = pending.get(key)
    if (!names) return false
    for (const [name, { version, sinceMs }] of names) {
      const seen = slices.get(`${namespace}/${name}`)
      const caughtUp =
        clock.now() - sinceMs > maxBehindMs ||
        (version === undefined
          ? !seen || seen.metadata.deletionTimestamp !== undefined
          : seen !== undefined && Number(seen.metadata.resourceVersion) >= version)
      if (caughtUp) names.delete(name)
    }
    if (names.size === 0) pending.delete(key)
    return names.size > 0
  }
  slices.on({
    // Somebody else may delete what we have just written: then there is nothing to wait for.
    delete(slice) {
      const key = sliceServiceKey(slice)
      if (key) pending.get(key)?.delete(slice.metadata.name ?? '')
    },
  })

  const toKeys = (pod: Pod, old?: Pod): string[] => {
    if (old && facts(old) === facts(pod)) return []
    const keys: string[] = []
    for (const service of services.list(pod.metadata.namespace)) {
      const selector = service.spec.selector
      if (selector && (matchesLabels(selector, pod.metadata.labels) || (old && matchesLabels(selector, old.metadata.labels)))) keys.push(objectKey(service))
    }
    return keys
  }

  return {
    name: 'endpointslice-controller',
    concurrency: 5,
    watches: [
      { informer: services },
      { informer: pods, toKeys },
      { informer: slices, toKeys: (slice: EndpointSlice) => [sliceServiceKey(slice)].filter(k => k !== undefined) },
      { informer: nodes, toKeys: () => [] },
    ],
    async reconcile(key) {
      const service = services.get(key)
      // Without a selector somebody else keeps the slices; of a deleted Service the garbage collector removes them.
      if (!service || service.metadata.deletionTimestamp || !service.spec.selector || service.spec.type === 'ExternalName') {
        if (!service) pending.delete(key)
        return undefined
      }
      const { namespace } = service.metadata
      if (isBehind(key, namespace)) return undefined
      const selector = service.spec.selector
      const chosen = pods.list(namespace).filter(pod => matchesLabels(selector, pod.metadata.labels))
      const groups = computeEndpointGroups(service, chosen, name => nodes.get(name)?.metadata.labels?.['topology.kubernetes.io/zone'])
      const plan = planSlices(
        service,
        groups,
        slices.byIndex('service', key).filter(s => !s.metadata.deletionTimestamp),
      )
      const api = client.of(endpointSlices, namespace)
      try {
        await Promise.all([
          ...plan.create.map(async slice => {
            const made = await api.create(slice)
            note(key, made.metadata.name ?? '', Number(made.metadata.resourceVersion))
          }),
          ...plan.update.map(async slice => {
            const made = await api.update(slice)
            note(key, made.metadata.name ?? '', Number(made.metadata.resourceVersion))
          }),
          ...plan.remove.map(async ({ metadata: { name = '', uid = '' } }) => {
            await api.delete(name, { preconditions: { uid } })
            note(key, name, undefined)
          }),
        ])
      } catch (error) {
        if (isReason(error, 'NotFound') || isReason(error, 'Conflict')) throw error
        if (!isReason(error, 'Forbidden'))
          events.event(
            service,
            'Warning',
            'FailedToUpdateEndpointSlices',
            `Error updating Endpoint Slices for Service ${key}: ${error instanceof Error ? error.message : String(error)}`,
          )
        throw error
      }
      return isBehind(key, namespace) ? { requeueAfterMs: maxBehindMs + 1 } : undefined
    },
  }
}
