// What a LimitRange makes of a pod or claim: defaults for containers that state nothing, and the bounds. Pure.
import { compareQuantities, formatQuantity, quantitySign, type Quantity, milliValue } from '../../api/quantity.ts'
import { podLimits, podRequests } from '../../api/pod-resources.ts'
import { type ResourceList, toResourceList } from '../../api/resource-list.ts'
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../api/types/core-v1.ts'

const annotation = 'kubernetes.io/limit-ranger'

interface Stated {
  requests: ResourceList
  limits: ResourceList
}

type Amounts = Record<string, string>

const fill = (own: Amounts | undefined, defaults: Amounts): { amounts: Amounts; filled: string[] } => {
  const filled = Object.keys(defaults).filter(name => own?.[name] === undefined)
  return { amounts: { ...own, ...Object.fromEntries(filled.map(name => [name, defaults[name] ?? '0'])) }, filled: filled.sort() }
}

const fillContainer = (container: Container, what: string, requests: Amounts, limits: Amounts): string[] => {
  const asked = fill(container.resources?.requests, requests)
  const limited = fill(container.resources?.limits, limits)
  if (!asked.filled.length && !limited.filled.length) return []
  container.resources = {
    ...container.resources,
    ...(Object.keys(limited.amounts).length && { limits: limited.amounts }),
    ...(Object.keys(asked.amounts).length && { requests: asked.amounts }),
  }
  return [
    ...(asked.filled.length ? [`${asked.filled.join(', ')} request for ${what} ${container.name}`] : []),
    ...(limited.filled.length ? [`${limited.filled.join(', ')} limit for ${what} ${container.name}`] : []),
  ]
}

/** Gives containers the defaults of one LimitRange, and says so in an annotation. */
export const applyContainerDefaults = (pod: Pod, { spec }: LimitRange): void => {
  const items = spec.limits.filter(limit => limit.type === 'Container')
  const requests = Object.assign({}, ...items.map(limit => limit.defaultRequest ?? {})) as Amounts
  const limits = Object.assign({}, ...items.map(limit => limit.default ?? {})) as Amounts
  // Not validated yet: a pod without containers has null there.
  const containers = (pod.spec.containers as Container[] | null) ?? []
  const notes = [
    ...containers.flatMap(c => fillContainer(c, 'container', requests, limits)),
    ...(pod.spec.initContainers ?? []).flatMap(c => fillContainer(c, 'init container', requests, limits)),
  ]
  if (notes.length) pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` }
}

const compare = (name: string, side: string, bound: Quantity, amount: Quantity | undefined, type: string, which: 'minimum' | 'maximum'): string[] => {
  const wrong = amount !== undefined && compareQuantities(amount, bound) === (which === 'minimum' ? -1 : 1)
  return wrong ? [`${which} ${name} usage per ${type} is ${formatQuantity(bound)}, but ${side} is ${formatQuantity(amount)}`] : []
}

const checkMin = (type: string, name: string, bound: Quantity, { requests, limits }: Stated): string[] => {
  if (!requests[name]) return [`minimum ${name} usage per ${type} is ${formatQuantity(bound)}.  No request is specified`]
  return [...compare(name, 'request', bound, requests[name], type, 'minimum'), ...compare(name, 'limit', bound, limits[name], type, 'minimum')].slice(0, 1)
}

const checkMax = (type: string, name: string, bound: Quantity, { requests, limits }: Stated): string[] => {
  if (!limits[name]) return [`maximum ${name} usage per ${type} is ${formatQuantity(bound)}.  No limit is specified`]
  return [...compare(name, 'limit', bound, limits[name], type, 'maximum'), ...compare(name, 'request', bound, requests[name], type, 'maximum')].slice(0, 1)
}

const checkMaxRequest = (type: string, name: string, bound: Quantity, { requests }: Stated): string[] =>
  requests[name]
    ? compare(name, 'request', bound, requests[name], type, 'maximum')
    : [`maximum ${name} usage per ${type} is ${formatQuantity(bound)}.  No request is specified`]

const checkRatio = (type: string, name: string, bound: Quantity, { requests, limits }: Stated): string[] => {
  const head = `${name} max limit to request ratio per ${type} is ${formatQuantity(bound)}, but`
  const [request, limit] = [requests[name], limits[name]]
  if (!request || quantitySign(request) === 0) return [`${head} no request is specified or request is 0`]
  if (!limit || quantitySign(limit) === 0) return [`${head} no limit is specified or limit is 0`]
  // limit / request > bound, without a division.
  const allowed = { unscaled: request.unscaled * bound.unscaled, scale: request.scale + bound.scale, format: request.format }
  return compareQuantities(limit, allowed) > 0 ? [`${head} provided ratio is ${(milliValue(limit) / milliValue(request)).toFixed(6)}`] : []
}

type Check = (type: string, name: string, bound: Quantity, stated: Stated) => string[]

const each = (check: Check, type: string, bounds: Amounts | undefined, stated: Stated): string[] =>
  Object.entries(toResourceList(bounds))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bound]) => check(type, name, bound, stated))

const checkItem = ({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, stated: Stated): string[] => [
  ...each(checkMin, type, min, stated),
  ...each(checkMax, type, max, stated),
  ...each(checkRatio, type, maxLimitRequestRatio, stated),
]

/** Everything about the pod that one LimitRange does not allow. */
export const checkPodLimits = (pod: Pod, { spec }: LimitRange): string[] =>
  spec.limits.flatMap(limit => {
    if (limit.type === 'Pod') return checkItem(limit, { requests: podRequests(pod, { overhead: false }), limits: podLimits(pod, { overhead: false }) })
    if (limit.type !== 'Container') return []
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      checkItem(limit, { requests: toResourceList(resources?.requests), limits: toResourceList(resources?.limits) }),
    )
  })

/** Claims are bounded in what they request; they have no limits. */
export const checkClaimLimits = (claim: PersistentVolumeClaim, { spec }: LimitRange): string[] => {
  const stated = { requests: toResourceList(claim.spec.resources?.requests), limits: {} }
  return spec.limits
    .filter(limit => limit.type === 'PersistentVolumeClaim')
    .flatMap(({ type, min, max }) => [...each(checkMin, type, min, stated), ...each(checkMaxRequest, type, max, stated)])
}
