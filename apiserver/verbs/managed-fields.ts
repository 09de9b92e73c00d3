// metadata.managedFields as requests change it, and server-side apply as a transformation of the stored object. The arithmetic is
// api/patch/apply's; here it meets requests: who the manager is, which fields an endpoint resets, what is left out of the comparison.
import { toTime } from '../../base/clock.ts'
import type { KubeObject } from '../../api/object.ts'
import { type ApplyVersions, type FieldRules, updateManagers } from '../../api/patch/apply/field-manager.ts'
import type { FieldSet } from '../../api/patch/apply/field-set.ts'
import { applyOverClientSide, syncLastApplied } from '../../api/patch/apply/last-applied.ts'
import { decodeManagers, encodeManagers, isReset, type Manager, type Managers } from '../../api/patch/apply/managed-fields.ts'
import type { ApplySchema } from '../../api/patch/apply/typed.ts'
import { copyJson, type JsonMap } from '../../api/patch/json-value.ts'
import { toApplySchema } from '../../api/patch/patch-schema.ts'
import type { Schema } from '../../api/schema/schema.ts'
import { schemaByName } from '../../api/schema/table.ts'
import type { ManagedFieldsEntry } from '../../api/types/meta-v1.ts'
import type { Context, Mutable, Parts } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { scaleKind } from '../subresources/scale-kind.ts'
import { resetFieldsOf } from './reset-fields.ts'

/** Whose fields are tracked: a kind in the request's version, as one endpoint sees it. */
export interface Tracked {
  readonly apiVersion: string
  readonly schema: ApplySchema | undefined
  readonly subresource: string | undefined
  readonly resetFields?: FieldSet | undefined
  readonly versions?: ApplyVersions
  /** An object of the kind with nothing set. */
  empty(): JsonMap
}

const schemaOf = (kind: { readonly schema: string; readonly custom?: { readonly schema: Schema } }): ApplySchema | undefined => {
  const schema = kind.custom?.schema ?? schemaByName(kind.schema)
  return schema && toApplySchema(schema)
}

/** Other versions of the kind in which managers may have written. */
const versionsOf = (parts: Pick<Parts, 'table'>, served: Served): ApplyVersions => {
  const find = (apiVersion: string): Served | undefined => {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    const found = parts.table.byKind(group, version, served.record.kind)
    return found?.storage.storagePrefix === served.storage.storagePrefix ? found : undefined
  }
  const convert = (object: JsonMap, from: string, to: string): JsonMap => {
    const [source, target] = [find(from), find(to)]
    const copy = copyJson(object) as unknown as KubeObject
    const stored = source?.conversion ? source.conversion.toStored(copy) : copy
    return (target?.conversion ? target.conversion.toServed(stored) : stored) as unknown as JsonMap
  }
  return {
    schemaOf: apiVersion => {
      const found = find(apiVersion)
      return found && schemaOf(found.record)
    },
    convert,
  }
}

export const trackedOf = (parts: Pick<Parts, 'table' | 'emptyFields'>, served: Served, subresource: string | undefined): Tracked => ({
  apiVersion: served.record.apiVersion,
  schema: schemaOf(served.record),
  subresource,
  resetFields: resetFieldsOf(served.record, subresource),
  versions: versionsOf(parts, served),
  empty: () => ({ ...(parts.emptyFields(served.record) as JsonMap), metadata: {} }),
})

/** A Scale is tracked as a kind of its own; what it shares with its parent is brought over by the subresource. */
export const trackedScale = (): Tracked => ({
  apiVersion: scaleKind.apiVersion,
  schema: schemaOf(scaleKind),
  subresource: 'scale',
  empty: () => ({ metadata: {}, spec: {}, status: { replicas: 0 } }),
})

const none: Managers = new Map()
const beforeFirstApply = 'before-first-apply'

/** Upstream's prefix of the User-Agent where no fieldManager is named. */
const managerName = ({ info, request }: Context): string => {
  const named = info.query.get('fieldManager')
  if (named) return named
  const agent = String(request.headers['user-agent'] ?? '')
    .split('/')[0]!
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')
    .slice(0, 128)
  return agent || 'unknown'
}

const toManager = (name: string, { apiVersion, subresource }: Tracked, operation: Manager['operation']): Manager => ({
  name,
  operation,
  apiVersion,
  ...(subresource && { subresource }),
})

const toRules = ({ clock }: Pick<Parts, 'clock'>, schema: ApplySchema, { resetFields, versions }: Tracked): FieldRules => ({
  schema,
  now: toTime(clock.now()),
  ...(resetFields && { resetFields }),
  ...(versions && { versions }),
})

/** What is compared: the object without its book-keeping. */
const bare = (object: KubeObject): JsonMap => {
  const { managedFields: _managedFields, resourceVersion: _resourceVersion, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonMap
}

/** Who managed what before this write: as the body has it, if it has anything to say, else as it is stored. Never fails. */
const managersBefore = (live: KubeObject | undefined, sent: readonly ManagedFieldsEntry[] | undefined, subresource: string | undefined): Managers => {
  const stored = (): Managers => decodeManagers(live?.metadata.managedFields) ?? none
  if (subresource !== undefined || sent === undefined) return stored()
  if (isReset(sent)) return none
  const given = decodeManagers(sent)
  return given?.size ? given : stored()
}

/** The entries after a write by `name`. An object that nobody manages is not tracked from an update on, only from its creation or its first apply. */
export const trackWriteBy = (
  parts: Pick<Parts, 'clock'>,
  name: string,
  tracked: Tracked,
  live: KubeObject | undefined,
  written: KubeObject,
  sent?: readonly ManagedFieldsEntry[],
): ManagedFieldsEntry[] | undefined => {
  const { schema } = tracked
  if (!schema) return live?.metadata.managedFields
  const before = managersBefore(live, sent, tracked.subresource)
  if (live && !before.size) return undefined
  const manager = toManager(name, tracked, 'Update')
  const after = updateManagers(before, manager, live ? bare(live) : tracked.empty(), bare(written), toRules(parts, schema, tracked))
  return after.size ? encodeManagers(after) : undefined
}

/** The entries after a client's plain write. `sent` are those of the body; `[{}]` there forgets everybody. */
export const trackWrite = (
  parts: Parts,
  context: Context,
  tracked: Tracked,
  live: KubeObject | undefined,
  written: KubeObject,
  sent: readonly ManagedFieldsEntry[] | undefined,
): ManagedFieldsEntry[] | undefined => trackWriteBy(parts, managerName(context), tracked, live, written, sent)

/** The merged object with its entries. Throws 409 for conflicts. `sent` is the configuration as the client wrote it. */
export const applyConfig = (
  parts: Parts,
  context: Context,
  tracked: Tracked,
  live: KubeObject | undefined,
  config: { readonly compared: JsonMap; readonly sent: JsonMap },
  force: boolean,
): { object: JsonMap; managedFields: ManagedFieldsEntry[] } => {
  const rules = toRules(parts, tracked.schema!, tracked)
  const current = live ? bare(live) : {}
  const known = decodeManagers(live?.metadata.managedFields) ?? none
  // What was there before anybody's entry belongs to all writers before the first apply.
  const managers = live && !known.size ? updateManagers(none, toManager(beforeFirstApply, tracked, 'Update'), tracked.empty(), current, rules) : known
  const name = managerName(context)
  const applied = applyOverClientSide(managers, toManager(name, tracked, 'Apply'), current, config.compared, force, rules)
  const object = copyJson(applied.object ?? (live ? current : config.compared))
  syncLastApplied(object, config.sent, name)
  return { object, managedFields: encodeManagers(applied.managers) }
}

/** Puts the entries where they belong; none leaves no empty list behind. */
export const setManagedFields = ({ metadata }: Mutable, entries: ManagedFieldsEntry[] | undefined): void => {
  if (entries?.length) metadata.managedFields = entries
  else delete metadata.managedFields
}
