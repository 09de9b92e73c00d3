// pods/resize: cpu and memory of containers and of the pod as a whole may change while they run, and nothing else (KEP-1287, KEP-5419).
// What else the client sends is not taken.
import { forbiddenField, invalidValue } from '../../field-error.ts'
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import { semanticEqual } from '../equality.ts'
import type { Loose } from '../loose.ts'

type Amounts = Readonly<Record<string, string>>
type Resources = Loose<ResourceRequirements> | undefined
const sides = ['limits', 'requests'] as const
const scalable: readonly string[] = ['cpu', 'memory']
const lists = ['containers', 'initContainers'] as const
type ListKey = (typeof lists)[number]

const amountsOf = (resources: Resources, side: 'limits' | 'requests'): Amounts => (resources?.[side] ?? {}) as Amounts

/** Amounts that may not change. */
const fixedAmounts = (resources: Resources): Record<string, unknown> =>
  Object.fromEntries(sides.map(side => [side, Object.fromEntries(Object.entries(amountsOf(resources, side)).filter(([name]) => !scalable.includes(name)))]))

/** The container without what may change, beside what it was; up to 1.36 upstream forgets the new one's claims here, so that it never passes. */
const keepsTheRest = (container: Loose<Container>, old: Loose<Container>): boolean =>
  semanticEqual({ ...container, resources: fixedAmounts(container.resources) }, { ...old, resources: { ...old.resources, ...fixedAmounts(old.resources) } })

const validateKept = (errors: Errors, path: string, now: Resources, was: Resources, whose: string): void => {
  for (const side of sides) {
    const kept = amountsOf(now, side)
    if (Object.keys(amountsOf(was, side)).some(name => !(name in kept))) errors.push(forbiddenField(`${path}.${side}`, `${whose} ${side} cannot be removed`))
  }
}

const hasSameNames = (now: readonly Loose<Container>[] = [], was: readonly Loose<Container>[] = []): boolean =>
  now.length === was.length && now.every((container, i) => container.name === was[i]?.name)

const takeContainers = (asked: readonly Container[], old: readonly Container[]): Container[] =>
  structuredClone(old).map((container, i) => {
    for (const field of ['resources', 'resizePolicy'] as const) {
      const value = asked[i]?.[field]
      if (value === undefined) delete container[field]
      else Object.assign(container, { [field]: value })
    }
    return container
  })

/** Sends the old spec on with the new resources; containers that differ are left for validation to refuse. */
export const takeResize = (spec: PodSpec, old: PodSpec): PodSpec => {
  if (lists.some(key => (spec[key] ?? []).length !== (old[key] ?? []).length)) return spec
  const next = structuredClone(old)
  for (const key of lists) {
    const asked = spec[key]
    const had = old[key]
    if (asked && had) next[key] = hasSameNames(asked, had) ? takeContainers(asked, had) : asked
  }
  if (spec.resources) next.resources = spec.resources
  else delete next.resources
  return next
}

export interface ResizeOf {
  readonly pod: Loose<Pod>
  readonly old: Loose<Pod>
  readonly isMirror: boolean
  /** Quality-of-service classes, new and old. */
  readonly classes: readonly [string, string]
}

const hasAmounts = (resources: Resources): boolean => sides.some(side => Object.keys(amountsOf(resources, side)).length > 0)

const validatePodLevel = (errors: Errors, now: Resources, was: Resources): void => {
  if (!hasAmounts(now) && !hasAmounts(was)) return
  if (was && !now) {
    errors.push(forbiddenField('spec.resources', 'pod-level resources cannot be removed'))
    return
  }
  validateKept(errors, 'spec.resources', now, was, 'pod-level resource')
  if (!semanticEqual({ ...now, ...fixedAmounts(now) }, { ...was, ...fixedAmounts(was) }))
    errors.push(forbiddenField('spec', 'only cpu and memory are mutable at the level of the pod'))
}

/** The same containers in the same order. */
const validateOrder = (errors: Errors, spec: Loose<PodSpec>, old: Loose<PodSpec>): boolean => {
  const before = errors.length
  for (const key of lists) {
    const now = spec[key] ?? []
    const was = old[key] ?? []
    if (now.length !== was.length) errors.push(forbiddenField(`spec.${key}`, 'may not be added or removed by a resize'))
    else
      now.forEach(({ name }, i) => {
        if (name !== was[i]?.name) errors.push(forbiddenField(`spec.${key}[${i}].name`, 'may not be renamed or reordered by a resize'))
      })
  }
  return errors.length === before
}

const validateContainer = (errors: Errors, key: ListKey, i: number, now: Loose<Container>, was: Loose<Container>): void => {
  const isInit = key === 'initContainers'
  const path = `spec.${key}[${i}]`
  if (!keepsTheRest(now, was)) errors.push(forbiddenField(isInit ? path : 'spec', 'only cpu and memory of containers are mutable'))
  if (isInit && now.restartPolicy !== 'Always' && !semanticEqual(now, was) && now.resizePolicy?.some(p => p.restartPolicy === 'RestartContainer'))
    errors.push(forbiddenField(path, 'one that runs to its end cannot be restarted by a resize'))
}

/** A node that reports no resources of what runs on it cannot change them either. */
const isUnsupported = ({ status }: Loose<Pod>): boolean => {
  const running = status?.containerStatuses?.find(container => container.state?.running)
  return running !== undefined && running.resources === undefined
}

export const validateResize = (errors: Errors, { pod, old, isMirror, classes }: ResizeOf): void => {
  const spec = pod.spec ?? {}
  const was = old.spec ?? {}
  const refusal = isMirror ? 'static pods cannot be resized' : was.os?.name === 'windows' ? 'windows pods cannot be resized' : undefined
  if (refusal) {
    errors.push(forbiddenField('', refusal))
    return
  }
  if (classes[0] !== classes[1]) errors.push(invalidValue('spec', classes[0], 'Pod QOS Class may not change as a result of resizing'))
  if (isUnsupported(old)) errors.push(forbiddenField('spec', 'the node of the pod does not support a resize'))
  validatePodLevel(errors, spec.resources, was.resources)
  if (old.status?.nodeAllocatableResourceClaimStatuses?.length)
    errors.push(forbiddenField('spec', 'pods with claims to resources of the node cannot be resized'))
  if (!validateOrder(errors, spec, was)) return
  for (const key of lists)
    spec[key]?.forEach((container, i) => {
      validateKept(errors, `spec.${key}[${i}].resources`, container.resources, was[key]?.[i]?.resources, 'resource')
      validateContainer(errors, key, i, container, was[key]?.[i] ?? {})
    })
}
