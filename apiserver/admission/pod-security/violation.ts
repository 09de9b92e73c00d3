// What the checks of Pod Security share: the pods and containers that they look at, and how a violation is put into words.
import type { ObjectMeta } from '../../../api/types/meta-v1.ts'
import type { Container, PodSpec } from '../../../api/types/core-v1.ts'

/** A pod, or what would become one: the template of a workload. */
export interface PodLike {
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
}

export interface Violation {
  /** As short as can be; all that is said where many pods are judged at once. */
  readonly reason: string
  readonly detail: string
}

export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** From which minor version of Kubernetes 1 on it is made in which way; ascending. */
  readonly versions: readonly { readonly since: number; readonly find: (pod: PodLike) => Violation | undefined }[]
  /** Baseline checks that it makes superfluous. */
  readonly replaces?: readonly string[]
}

export const containersOf = ({ spec }: PodLike): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
]

export const quote = (names: Iterable<string>): string => [...names].map(name => JSON.stringify(name)).join(', ')
export const plural = (word: string, n: number): string => (n === 1 ? word : `${word}s`)
export const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort()

/** `container "a"`, `containers "a", "b"`. */
export const nameContainers = (names: readonly string[]): string => `${plural('container', names.length)} ${quote(names)}`

export const namesOf = (pod: PodLike, isBad: (container: Container) => boolean): readonly string[] =>
  containersOf(pod)
    .filter(isBad)
    .map(c => c.name)

/** `pod and container "a"`: who set something that must not be set. */
export const setters = (podIsBad: boolean, containers: readonly string[]): string =>
  [...(podIsBad ? ['pod'] : []), ...(containers.length ? [nameContainers(containers)] : [])].join(' and ')

/** In a user namespace of its own, root is not the node's root. */
export const hasUserNamespace = ({ spec }: PodLike): boolean => spec.hostUsers === false
export const isWindows = ({ spec }: PodLike): boolean => spec.os?.name === 'windows'
