// The condition Available of an APIService that a Service behind serves: the Service, its endpoints, its answer, in this order.
import type { APIService, APIServiceCondition } from '../../api/types/apiregistration-v1.ts'
import type { Service } from '../../api/types/core-v1.ts'
import type { EndpointSlice } from '../../api/types/discovery-v1.ts'
import { lookUp } from '../admission/look-up.ts'
import type { Parts } from '../context.ts'

export type Finding = Required<Pick<APIServiceCondition, 'status' | 'reason' | 'message'>>

const no = (reason: string, message: string): Finding => ({ status: 'False', reason, message })

export const passed: Finding = { status: 'True', reason: 'Passed', message: 'all checks passed' }
export const failedDiscovery = (why: string): Finding => no('FailedDiscoveryCheck', `failing or missing response: ${why}`)

/** What stands in the way before the server behind is even asked; undefined: nothing. */
export const findObstacle = async ({ store, table }: Pick<Parts, 'store' | 'table'>, spec: APIService['spec']): Promise<Finding | undefined> => {
  const { namespace = '', name = '', port = 443 } = spec.service ?? {}
  const service = await lookUp<Service>(store, table.stored('services').keyOf(namespace, name))
  const about = `service/${name} in ${JSON.stringify(namespace)}`
  if (!service) return no('ServiceNotFound', `${about} is not present`)
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined
  const found = service.spec.ports?.find(p => p.port === port)
  if (!found) return no('ServicePortError', `${about} is not listening on port ${port}`)
  const slices = table.stored('endpointslices.discovery.k8s.io')
  const { entries } = await store.list(slices.prefixOf(namespace), { freshness: 'any' })
  const own = [...entries].filter(e => e.labels['kubernetes.io/service-name'] === name).map(e => e.object() as unknown as EndpointSlice)
  if (!own.length) return no('EndpointsNotFound', `cannot find endpointslices for ${about}`)
  const ready = own.some(
    slice =>
      slice.ports?.some(p => (p.name ?? '') === (found.name ?? '')) && slice.endpoints?.some(e => e.conditions?.ready !== false && e.addresses.length > 0),
  )
  return ready ? undefined : no('MissingEndpoints', `endpoints for ${about} have no addresses with port name ${JSON.stringify(found.name ?? '')}`)
}

/** The conditions with what was found; the time says when the status last became another. Undefined when nothing is new. */
export const withFinding = (conditions: readonly APIServiceCondition[] | undefined, finding: Finding, now: string): APIServiceCondition[] | undefined => {
  const before = conditions?.find(c => c.type === 'Available')
  if (before?.status === finding.status && before.reason === finding.reason && before.message === finding.message) return undefined
  const lastTransitionTime = before?.status === finding.status && before.lastTransitionTime ? before.lastTransitionTime : now
  return [...(conditions ?? []).filter(c => c.type !== 'Available'), { type: 'Available', lastTransitionTime, ...finding }]
}
