// Which names of a definition are its own, and what its conditions say: upstream's naming, establishing and approval controllers as
// computations. Pure.
import type { CustomResourceDefinition, CustomResourceDefinitionCondition, CustomResourceDefinitionNames } from '../types/apiextensions-v1.ts'
import { jsonEqual, type JsonValue } from '../patch/json-value.ts'
import { judgeApproval } from './approval.ts'

type Condition = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>

export const isConditionTrue = (definition: CustomResourceDefinition, type: string): boolean =>
  definition.status?.conditions?.some(c => c.type === type && c.status === 'True') ?? false

const same = (a: unknown, b: unknown): boolean => jsonEqual(a as JsonValue, b as JsonValue)

/** Conditions keep their place; only a change of status moves the time. */
export const withCondition = (
  conditions: readonly CustomResourceDefinitionCondition[] | undefined | null,
  next: Condition,
  now: string,
): CustomResourceDefinitionCondition[] => {
  const known = conditions ?? []
  const old = known.find(c => c.type === next.type)
  const lastTransitionTime = old?.status === next.status && old.lastTransitionTime ? old.lastTransitionTime : now
  const done = { ...next, lastTransitionTime }
  return old ? known.map(c => (c === old ? done : c)) : [...known, done]
}

/** Names that other definitions of the group hold. */
const takenBy = (others: readonly CustomResourceDefinition[], own: CustomResourceDefinition): { resources: Set<string>; kinds: Set<string> } => {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const { metadata, spec, status } of others) {
    if (spec.group !== own.spec.group || metadata.name === own.metadata.name || !status?.acceptedNames) continue
    const { plural, singular = '', shortNames = [], kind, listKind = '' } = status.acceptedNames
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name)
    for (const name of [kind, listKind]) if (name) kinds.add(name)
  }
  return { resources, kinds }
}

interface Names {
  readonly accepted: CustomResourceDefinitionNames
  readonly condition: Condition
}

/** Several conflicts: the last one is named, in upstream's order. */
const judgeNames = (definition: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): Names => {
  const { names } = definition.spec
  const { resources, kinds } = takenBy(others, definition)
  const accepted: CustomResourceDefinitionNames = { ...(definition.status?.acceptedNames ?? { plural: '', kind: '' }) }
  let conflict: { reason: string; name: string } | undefined
  const take = <K extends 'plural' | 'singular' | 'kind' | 'listKind'>(key: K, taken: ReadonlySet<string>, reason: string): void => {
    const name = names[key]
    if (name !== undefined && name !== accepted[key] && taken.has(name)) conflict = { reason, name }
    else if (name !== undefined) accepted[key] = name
  }
  take('plural', resources, 'PluralConflict')
  take('singular', resources, 'SingularConflict')
  const held = accepted.shortNames ?? []
  const clash = (names.shortNames ?? []).filter(name => !held.includes(name) && resources.has(name))
  if (clash.length) conflict = { reason: 'ShortNamesConflict', name: clash.join(', ') }
  else if (names.shortNames) accepted.shortNames = names.shortNames
  else delete accepted.shortNames
  take('kind', kinds, 'KindConflict')
  take('listKind', kinds, 'ListKindConflict')
  if (names.categories) accepted.categories = names.categories
  else delete accepted.categories
  return {
    accepted,
    condition: conflict
      ? { type: 'NamesAccepted', status: 'False', reason: conflict.reason, message: `${JSON.stringify(conflict.name)} is already in use` }
      : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  }
}

const established: Condition = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
const notAccepted: Condition = { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }

/** The status that a definition should have now; the one it has when nothing is to be done. `now` as in metav1.Time. */
export const computeStatus = (
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: string,
): NonNullable<CustomResourceDefinition['status']> => {
  const { metadata, spec, status = {} } = definition
  let conditions: readonly CustomResourceDefinitionCondition[] | undefined = status.conditions
  const set = (condition: Condition): void => {
    const old = conditions?.find(c => c.type === condition.type)
    if (!old || old.status !== condition.status || old.reason !== condition.reason || old.message !== condition.message)
      conditions = withCondition(conditions, condition, now)
  }
  let acceptedNames = status.acceptedNames
  // Names that are all held already are not judged again.
  if (!same(spec.names, status.acceptedNames)) {
    const { accepted, condition } = judgeNames(definition, others)
    if (!same(accepted, acceptedNames)) acceptedNames = accepted
    set(condition)
    if (!isConditionTrue(definition, 'Established') && condition.status === 'False') set(notAccepted)
  }
  const accepted = conditions?.some(c => c.type === 'NamesAccepted' && c.status === 'True')
  const settled = conditions?.some(c => c.type === 'Established' && c.status === 'True')
  if (accepted && !settled && metadata.deletionTimestamp === undefined) set(established)
  const approval = judgeApproval(spec.group, metadata.annotations)
  if (approval) set(approval.condition)
  if (conditions === status.conditions && acceptedNames === status.acceptedNames) return status
  return { ...status, ...(conditions && { conditions: [...conditions] }), ...(acceptedNames && { acceptedNames }) }
}
