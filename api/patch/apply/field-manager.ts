// Field ownership as arithmetic: what a plain write takes from others, what an apply merges, prunes and conflicts with.
// Knows no HTTP and no storage. Source: KEP-555, structured-merge-diff's merge.Updater, apimachinery's managedfields.
import { type StatusCause, StatusError } from '../../status.ts'
import type { JsonMap } from '../json-value.ts'
import { difference, emptySet, type FieldSet, intersection, isEmpty, recursiveDifference, setOf, toPaths, union } from './field-set.ts'
import { capUpdaters, type ManagedSet, type Manager, managerId, type Managers } from './managed-fields.ts'
import { type ApplySchema, compare, type Comparison, isSame, mergeTyped, removeItems, toFieldSet, withNamedFields } from './typed.ts'

/** Fields that the server keeps: nobody owns them. */
const serverFields: FieldSet = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata', 'f:name'],
  ['f:metadata', 'f:namespace'],
  ['f:metadata', 'f:creationTimestamp'],
  ['f:metadata', 'f:selfLink'],
  ['f:metadata', 'f:uid'],
  ['f:metadata', 'f:clusterName'],
  ['f:metadata', 'f:generation'],
  ['f:metadata', 'f:managedFields'],
  ['f:metadata', 'f:resourceVersion'],
)
const containersOfServerFields: FieldSet = setOf(['f:metadata'])

export interface FieldRules {
  readonly schema: ApplySchema
  /** Fields that this endpoint resets (status on the main resource, spec on /status): writing them owns nothing. */
  readonly resetFields?: FieldSet
  /** The write time, metav1.Time. */
  readonly now: string
}

const own = (set: FieldSet, rules: FieldRules): FieldSet => {
  const kept = rules.resetFields ? recursiveDifference(set, rules.resetFields) : set
  return difference(recursiveDifference(kept, serverFields), containersOfServerFields)
}

/** Takes from the other managers what changed or went. Throws the conflicts unless forced. */
const takeFromOthers = (managers: Managers, workflow: string, { added, modified, removed }: Comparison, force: boolean): Managers => {
  const changed = union(modified, added)
  const conflicts: { manager: ManagedSet; set: FieldSet }[] = []
  const left = new Map<string, ManagedSet>()
  for (const [id, manager] of managers) {
    if (id === workflow) {
      left.set(id, manager)
      continue
    }
    const lost = intersection(manager.set, changed)
    if (!isEmpty(lost)) conflicts.push({ manager, set: lost })
    const set = difference(difference(manager.set, lost), removed)
    if (!isEmpty(set)) left.set(id, { ...manager, set })
  }
  if (!force && conflicts.length) throw conflictError(conflicts)
  return left
}

const conflictError = (conflicts: readonly { manager: ManagedSet; set: FieldSet }[]): StatusError => {
  const show = (m: ManagedSet): string =>
    `"${m.name}"${m.subresource ? ` with subresource "${m.subresource}"` : ''}${m.operation === 'Update' ? ` using ${m.apiVersion}` : ''}`
  const causes: StatusCause[] = conflicts.flatMap(({ manager, set }) =>
    toPaths(set).map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${show(manager)}`, field })),
  )
  const lines = conflicts.map(({ manager, set }) => {
    const paths = toPaths(set)
    return paths.length === 1 ? `conflict with ${show(manager)}: ${paths[0]}` : `conflicts with ${show(manager)}:\n${paths.map(p => `- ${p}`).join('\n')}`
  })
  return new StatusError(409, 'Conflict', `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${lines.join('\n')}`, { causes })
}

/** After a plain create, update or patch. Both objects are whole, in the version of the request. */
export const updateManagers = (managers: Managers, manager: Manager, live: JsonMap, written: JsonMap, rules: FieldRules): Managers => {
  const id = managerId(manager)
  const comparison = compare(rules.schema, live, written)
  const self = '' // the operation works under its own name first, so that it takes fields from an older entry of the same manager as well
  const left = new Map(takeFromOthers(managers, self, comparison, true))
  const taken = own(union(comparison.modified, comparison.added), rules)
  if (!isEmpty(taken)) {
    const before = left.get(id)
    left.set(id, { ...manager, set: union(before?.set ?? emptySet, taken), time: rules.now })
  }
  return capUpdaters(left)
}

export interface Applied {
  /** The merged object; undefined when the apply changes nothing. */
  readonly object: JsonMap | undefined
  readonly managers: Managers
}

/** Merges an applied configuration. Throws 409 with a cause per field that another manager owns, unless forced. */
export const applyConfiguration = (managers: Managers, manager: Manager, live: JsonMap, config: JsonMap, force: boolean, rules: FieldRules): Applied => {
  const id = managerId(manager)
  const merged = mergeTyped(rules.schema, live, config) as JsonMap
  const last = managers.get(id)
  const set = own(toFieldSet(rules.schema, config), rules)
  const claimed = new Map(managers).set(id, { ...manager, set, ...(last?.time && { time: last.time }) })
  const pruned = last ? prune(merged, claimed, last.set, rules.schema) : merged
  const comparison = compare(rules.schema, live, pruned)
  const left = new Map(takeFromOthers(claimed, id, comparison, force))
  const mine = left.get(id)
  if (mine && isEmpty(mine.set)) left.delete(id)
  if (isSame(comparison)) return { object: undefined, managers: left }
  if (mine && !isEmpty(mine.set)) left.set(id, { ...mine, time: rules.now })
  return { object: pruned, managers: left }
}

/** Takes out what this manager set before and now leaves out, unless another manager owns it too. */
const prune = (merged: JsonMap, managers: Managers, last: FieldSet, schema: ApplySchema): JsonMap => {
  if (isEmpty(last)) return merged
  const lastNamed = withNamedFields(schema, last)
  const remove = (set: FieldSet): JsonMap => removeItems(schema, merged, set) as JsonMap
  const named = (object: JsonMap): FieldSet => withNamedFields(schema, toFieldSet(schema, object))
  const mergedNamed = named(merged)
  let pruned = remove(lastNamed)
  let managed = emptySet
  for (const manager of managers.values()) managed = union(managed, manager.set)
  pruned = remove(difference(difference(mergedNamed, named(pruned)), withNamedFields(schema, managed)))
  return remove(intersection(difference(mergedNamed, named(pruned)), lastNamed))
}
