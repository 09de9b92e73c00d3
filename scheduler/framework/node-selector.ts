// NodeSelector terms: a term holds when all its expressions do, a selector when any term does. An empty term holds for nothing.
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../../api/types/core-v1.ts'

const integer = /^[-+]?\d+$/

const holds = ({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt': {
      const bound = values[0] ?? ''
      if (value === undefined || !integer.test(value) || !integer.test(bound)) return false
      return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
    }
    default:
      return false
  }
}

export const matchesTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean => {
  if (matchExpressions.length + matchFields.length === 0) return false
  const labels = node.metadata.labels ?? {}
  return (
    matchExpressions.every(e => holds(e, Object.hasOwn(labels, e.key) ? labels[e.key] : undefined)) &&
    matchFields.every(f => f.key === 'metadata.name' && holds(f, node.metadata.name))
  )
}

/** spec.nodeSelector and the required node affinity together. */
export const matchesNodeSelection = ({ spec }: Pod, node: Node): boolean => {
  const labels = node.metadata.labels ?? {}
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (!Object.hasOwn(labels, key) || labels[key] !== value) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some(term => matchesTerm(term, node))
}

/** Names that every term pins through metadata.name; undefined when some term does not. */
export const namedNodes = ({ spec }: Pod): ReadonlySet<string> | undefined => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!terms?.length) return undefined
  const names = new Set<string>()
  for (const { matchFields = [] } of terms) {
    const pins = matchFields.filter(f => f.key === 'metadata.name' && f.operator === 'In')
    if (!pins.length) return undefined
    const [first, ...rest] = pins
    for (const name of first?.values ?? []) if (rest.every(f => f.values?.includes(name))) names.add(name)
  }
  return names
}
