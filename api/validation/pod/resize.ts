// pods/resize: cpu and memory of containers may change while they run, and nothing else (KEP-1287). What else the client sends is not taken.
import { forbiddenField, invalidValue } from '../../field-error.ts'
import type { Container, PodSpec } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import { semanticEqual } from '../equality.ts'
import type { Loose } from '../loose.ts'

type Amounts = Readonly<Record<string, string>>
const sides = ['limits', 'requests'] as const
const scalable: readonly string[] = ['cpu', 'memory']

type ContainerKey = 'containers' | 'initContainers'

/** Init containers run to their end before anything could be resized; sidecars stay. */
const isResizable = (key: ContainerKey, container: Loose<Container>): boolean => key === 'containers' || container.restartPolicy === 'Always'

/** The container without what may change. */
const fixedPart = (key: ContainerKey, container: Loose<Container>): unknown => {
  if (!isResizable(key, container)) return container
  const { resources } = container
  const rest: Record<string, unknown> = { ...resources }
  for (const side of sides) rest[side] = Object.fromEntries(Object.entries((resources?.[side] ?? {}) as Amounts).filter(([name]) => !scalable.includes(name)))
  return { ...container, resources: rest }
}

const validateKept = (errors: Errors, key: ContainerKey, now: readonly Loose<Container>[], was: readonly Loose<Container>[]): void => {
  now.forEach((container, i) => {
    const old = was[i]?.resources
    if (!isResizable(key, container)) return
    for (const side of sides) {
      const kept = (container.resources?.[side] ?? {}) as Amounts
      if (Object.keys(old?.[side] ?? {}).some(name => !(name in kept)))
        errors.push(forbiddenField(`spec.${key}[${i}].resources.${side}`, `resource ${side} cannot be removed`))
    }
  })
}

/** Sends the old spec on with the containers' new resources. */
export const takeResize = (spec: PodSpec, old: PodSpec): PodSpec => {
  const next = structuredClone(old)
  for (const key of ['containers', 'initContainers'] as const) {
    const asked = new Map((spec[key] ?? []).map(container => [container.name, container]))
    for (const container of next[key] ?? []) {
      const wanted = asked.get(container.name)
      if (!wanted) continue
      for (const field of ['resources', 'resizePolicy'] as const) {
        const value = wanted[field]
        if (value === undefined) delete container[field]
        else Object.assign(container, { [field]: value })
      }
    }
  }
  return next
}

export interface ResizeOf {
  readonly spec: Loose<PodSpec>
  readonly old: Loose<PodSpec>
  readonly isMirror: boolean
  /** Quality-of-service classes, new and old. */
  readonly classes: readonly [string, string]
}

export const validateResize = (errors: Errors, { spec, old, isMirror, classes }: ResizeOf): void => {
  const refusal = isMirror ? 'static pods cannot be resized' : old.os?.name === 'windows' ? 'windows pods cannot be resized' : undefined
  if (refusal) {
    errors.push(forbiddenField('', refusal))
    return
  }
  if (classes[0] !== classes[1]) errors.push(invalidValue('spec', classes[0], 'Pod QOS Class may not change as a result of resizing'))
  for (const key of ['initContainers', 'containers'] as const) validateKept(errors, key, spec[key] ?? [], old[key] ?? [])
  for (const key of ['containers', 'initContainers'] as const)
    spec[key]?.forEach((container, i) => {
      if (!semanticEqual(fixedPart(key, container), fixedPart(key, old[key]?.[i] ?? {})))
        errors.push(forbiddenField('spec', 'only cpu and memory of containers and sidecars are mutable'))
    })
}
