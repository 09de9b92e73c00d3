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

/** The versions in which managers of the same object may have written. */
export interface ApplyVersions {
  /** Undefined for a version that is not served (any more): entries in it are dropped. */
  schemaOf(apiVersion: string): ApplySchema | undefined
  convert(object: JsonMap, from: string, to: string): JsonMap
}

export interface FieldRules {
  /** Of the request's version. */
  readonly schema: ApplySchema
  /** Absent when there is but the request's version. */
  readonly versions?: ApplyVersions
  /** Fields that this endpoint resets (status on the main resource, spec on /status): writing them owns nothing, and changes nothing. */
  readonly resetFields?: FieldSet
  /** The write time, metav1.Time. */
  readonly now: string
}

const withoutReset = (set: FieldSet, { resetFields }: FieldRules): FieldSet => (resetFields ? recursiveDifference(set, resetFields) : set)
const withoutServerFields = (set: FieldSet): FieldSet => difference(recursiveDifference(set, serverFields), containersOfServerFields)

/** How two objects differ, in the version asked for; undefined for one that is not served. */
type CompareIn = (apiVersion: string) => Comparison | undefined

const compareIn = (before: JsonMap, after: JsonMap, version: string, rules: FieldRules): { own: Comparison; in: CompareIn } => {
  const { versions } = rules
  const done = new Map<string, Comparison | undefined>()
  const exclude = (c: Comparison): Comparison => ({
    added: withoutReset(c.added, rules),
    modified: withoutReset(c.modified, rules),
    removed: withoutReset(c.removed, rules),
  })
  const compareAs = (apiVersion: string): Comparison | undefined => {
    const schema = versions?.schemaOf(apiVersion)
    if (!versions || !schema) return undefined
    return exclude(compare(schema, versions.convert(before, version, apiVersion), versions.convert(after, version, apiVersion)))
  }
  const mine = exclude(compare(rules.schema, before, after))
  done.set(version, mine)
  return {
    own: mine,
    in: apiVersion => {
      if (!done.has(apiVersion)) done.set(apiVersion, compareAs(apiVersion))
      return done.get(apiVersion)
    },
  }
}

/** Takes from the other managers what changed or went. Throws the conflicts unless forced. */
const takeFromOthers = (managers: Managers, workflow: string, compareAs: CompareIn, force: boolean): Managers => {
  const conflicts: Conflict[] = []
  const left = new Map<string, ManagedSet>()
  for (const [id, manager] of managers) {
    if (id === workflow) {
      left.set(id, manager)
      continue
    }
    const comparison = compareAs(manager.apiVersion)
    if (!comparison) continue
    const lost = intersection(manager.set, union(comparison.modified, comparison.added))
    if (!isEmpty(lost)) conflicts.push({ manager, set: lost })
    const set = difference(difference(manager.set, lost), comparison.removed)
    if (!isEmpty(set)) left.set(id, { ...manager, set })
  }
  if (!force && conflicts.length) throw new ConflictError(conflicts)
  return left
}

interface Conflict {
  readonly manager: ManagedSet
  readonly set: FieldSet
}

const describeConflicts = (conflicts: readonly Conflict[]): { message: string; causes: StatusCause[] } => {
  const show = (m: ManagedSet): string =>
    `"${m.name}"${m.subresource ? ` with subresource "${m.subresource}"` : ''}${m.operation === 'Update' ? ` using ${m.apiVersion}` : ''}`
  const causes: StatusCause[] = conflicts.flatMap(({ manager, set }) =>
    toPaths(set).map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${show(manager)}`, field })),
  )
  const lines = conflicts.map(({ manager, set }) => {
    const paths = toPaths(set)
    return paths.length === 1 ? `conflict with ${show(manager)}: ${paths[0]}` : `conflicts with ${show(manager)}:\n${paths.map(p => `- ${p}`).join('\n')}`
  })
  return { message: `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${lines.join('\n')}`, causes }
}

/** 409 with a cause for each field that another manager owns. */
export class ConflictError extends StatusError {
  readonly conflicts: readonly Conflict[]
  constructor(conflicts: readonly Conflict[]) {
    const { message, causes } = describeConflicts(conflicts)
    super(409, 'Conflict', message, { causes })
    this.conflicts = conflicts
  }
}

/** After a plain create, update or patch. Both objects are whole, in the version of the request. */
export const updateManagers = (managers: Managers, manager: Manager, live: JsonMap, written: JsonMap, rules: FieldRules): Managers => {
  const id = managerId(manager)
  const comparison = compareIn(live, written, manager.apiVersion, rules)
  const self = '' // the operation works under its own name first, so that it takes fields from an older entry of the same manager as well
  const left = new Map(takeFromOthers(managers, self, comparison.in, true))
  const taken = withoutServerFields(union(comparison.own.modified, comparison.own.added))
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

/** Merges an applied configuration. Throws a ConflictError for fields that others own, unless forced. */
export const applyConfiguration = (managers: Managers, manager: Manager, live: JsonMap, config: JsonMap, force: boolean, rules: FieldRules): Applied => {
  const id = managerId(manager)
  const merged = mergeTyped(rules.schema, live, config) as JsonMap
  const last = managers.get(id)
  // The server's fields are given up at the end: until then they keep what holds them (metadata, for its name) from being pruned.
  const set = withoutReset(toFieldSet(rules.schema, config), rules)
  const claimed = new Map(managers).set(id, { ...manager, set, ...(last?.time && { time: last.time }) })
  const pruned = last ? prune(merged, claimed, last, manager.apiVersion, rules) : merged
  const comparison = compareIn(live, pruned, manager.apiVersion, rules)
  const left = new Map(takeFromOthers(claimed, id, comparison.in, force))
  const same = isSame(comparison.own)
  const mine = withoutServerFields(set)
  if (isEmpty(mine)) left.delete(id)
  else left.set(id, { ...claimed.get(id)!, set: mine, ...(!same && { time: rules.now }) })
  return { object: same ? undefined : pruned, managers: left }
}

/** Takes out what this manager set before and now leaves out, unless another manager owns it too. Works in the version it set it in. */
const prune = (merged: JsonMap, managers: Managers, last: ManagedSet, version: string, rules: FieldRules): JsonMap => {
  if (isEmpty(last.set)) return merged
  const { versions } = rules
  const then = last.apiVersion
  if (then === version) return pruneIn(merged, managers, last, rules.schema, version, rules)
  const schema = versions?.schemaOf(then)
  if (!versions || !schema) return merged
  return versions.convert(pruneIn(versions.convert(merged, version, then), managers, last, schema, then, rules), then, version)
}

const ownedIn = (managers: Managers): Map<string, FieldSet> => {
  const owned = new Map<string, FieldSet>()
  for (const { apiVersion, set } of managers.values()) owned.set(apiVersion, union(owned.get(apiVersion) ?? emptySet, set))
  return owned
}

const pruneIn = (merged: JsonMap, managers: Managers, last: ManagedSet, schema: ApplySchema, version: string, rules: FieldRules): JsonMap => {
  const lastNamed = withNamedFields(schema, last.set)
  const owned = ownedIn(managers)
  let pruned = removeItems(schema, merged, lastNamed) as JsonMap
  pruned = restoreOwned(merged, pruned, schema, owned.get(version) ?? emptySet)
  for (const [other, set] of owned) {
    const otherSchema = other === version ? undefined : rules.versions?.schemaOf(other)
    if (!otherSchema || !rules.versions) continue
    const [there, prunedThere] = [rules.versions.convert(merged, version, other), rules.versions.convert(pruned, version, other)]
    pruned = rules.versions.convert(restoreOwned(there, prunedThere, otherSchema, set), other, version)
  }
  const named = (object: JsonMap): FieldSet => withNamedFields(schema, toFieldSet(schema, object))
  return removeItems(schema, merged, intersection(difference(named(merged), named(pruned)), lastNamed)) as JsonMap
}

/** What pruning took although somebody owns it comes back. */
const restoreOwned = (merged: JsonMap, pruned: JsonMap, schema: ApplySchema, owned: FieldSet): JsonMap => {
  const named = (object: JsonMap): FieldSet => withNamedFields(schema, toFieldSet(schema, object))
  return removeItems(schema, merged, difference(difference(named(merged), named(pruned)), withNamedFields(schema, owned))) as JsonMap
}
