// How one kind is measured against quotas. One evaluator per kind that is more than a number of objects; the rest are counted
// (object-count.ts). The API server charges by them, the quota controller adds up by them.
import type { KubeObject } from '../object.ts'
import type { ResourceList } from '../resource-list.ts'

export interface ScopeRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface QuotaChange {
  readonly operation: string
  readonly subresource: string
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
}

export interface QuotaEvaluator {
  /** Of the resource that it measures. */
  readonly id: string
  /** Whether such a request can change what is used. */
  handles(change: QuotaChange): boolean
  /** Whether a quota's entry of that name is about this kind. */
  matchesResource(name: string): boolean
  matchesScope(scope: ScopeRequirement, object: KubeObject, nowMs: number): boolean
  /** What is missing from the object for a quota over these resources, in words; undefined: nothing. */
  findMissing?(object: KubeObject, names: readonly string[]): string | undefined
  usage(object: KubeObject, nowMs: number): ResourceList
}

export const noScope = (): boolean => false

/** An In, NotIn, Exists, DoesNotExist requirement against the names that an object has under that scope. */
export const matchesNames = (scope: ScopeRequirement, names: readonly string[]): boolean => {
  const values = scope.values ?? []
  switch (scope.operator) {
    case 'Exists':
      return names.length > 0
    case 'DoesNotExist':
      return names.length === 0
    case 'In':
      return names.some(name => values.includes(name))
    case 'NotIn':
      return names.length === 0 || names.some(name => !values.includes(name))
    default:
      return false
  }
}
