// Kinds of which quotas count the objects: `count/PLURAL.GROUP`, and a few of v1 by their bare names.
import { count } from '../resource-list.ts'
import { noScope, type QuotaEvaluator } from './evaluator.ts'

/** The names that came before `count/…`. */
const bareNames: ReadonlySet<string> = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

export const countName = (id: string): string => `count/${id}`

export const createObjectCount = (id: string): QuotaEvaluator => {
  const names = [countName(id), ...(bareNames.has(id) ? [id] : [])]
  return {
    id,
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    matchesResource: name => names.includes(name),
    matchesScope: noScope,
    usage: () => Object.fromEntries(names.map(name => [name, count(1)])),
  }
}
