// metadata.managedFields as requests change it, and server-side apply as a transformation of the stored object. The arithmetic is
// api/patch/apply's; here it meets requests: who the manager is, which fields an endpoint resets, what is left out of the comparison.
import { toTime } from '../../base/clock.ts'
import type { KubeObject } from '../../api/object.ts'
import { applyConfiguration, type FieldRules, updateManagers } from '../../api/patch/apply/field-manager.ts'
import { setOf } from '../../api/patch/apply/field-set.ts'
import { decodeManagers, encodeManagers, isReset, type Manager, type Managers } from '../../api/patch/apply/managed-fields.ts'
import type { ApplySchema } from '../../api/patch/apply/typed.ts'
import type { JsonMap } from '../../api/patch/json-value.ts'
import { toApplySchema } from '../../api/patch/patch-schema.ts'
import { schemaByName } from '../../api/schema/table.ts'
import type { ManagedFieldsEntry } from '../../api/types/meta-v1.ts'
import type { Context, Parts } from '../context.ts'
import type { Served } from '../resource-table.ts'

const none: Managers = new Map()
const statusFields = setOf(['f:status'])
const specFields = setOf(['f:spec'])

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

const toManager = (context: Context, served: Served, operation: Manager['operation'], subresource: string | undefined): Manager => ({
  name: managerName(context),
  operation,
  apiVersion: served.record.apiVersion,
  ...(subresource && { subresource }),
})

const schemaOf = (served: Served): ApplySchema | undefined => {
  const schema = schemaByName(served.record.schema)
  return schema && toApplySchema(schema)
}

const toRules = (parts: Parts, served: Served, schema: ApplySchema, subresource: string | undefined): FieldRules => {
  const reset = subresource === 'status' ? specFields : served.record.status && !subresource ? statusFields : undefined
  return { schema, now: toTime(parts.clock.now()), ...(reset && { resetFields: reset }) }
}

/** What is compared: the object without its book-keeping. */
const bare = (object: KubeObject): JsonMap => {
  const { managedFields: _managedFields, resourceVersion: _resourceVersion, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonMap
}

/** The entries after a plain write. `sent` are those of the body; `[{}]` there forgets everybody, this writer included. */
export const trackWrite = (
  parts: Parts,
  context: Context,
  served: Served,
  live: KubeObject | undefined,
  written: KubeObject,
  sent: readonly ManagedFieldsEntry[] | undefined,
  subresource: string | undefined,
): ManagedFieldsEntry[] | undefined => {
  const schema = schemaOf(served)
  if (!schema) return live?.metadata.managedFields
  if (isReset(sent)) return undefined
  const before = (sent?.length ? decodeManagers(sent) : undefined) ?? decodeManagers(live?.metadata.managedFields) ?? none
  const manager = toManager(context, served, 'Update', subresource)
  const after = updateManagers(
    before,
    manager,
    live ? bare(live) : { ...parts.emptyFields(served.record), metadata: {} },
    bare(written),
    toRules(parts, served, schema, subresource),
  )
  return after.size ? encodeManagers(after) : undefined
}

/** The merged object with its entries; `undefined` as `object` says that nothing but the entries changes. Throws 409 for conflicts. */
export const applyConfig = (
  parts: Parts,
  context: Context,
  served: Served,
  live: KubeObject | undefined,
  config: JsonMap,
  force: boolean,
  subresource: string | undefined,
): { object: JsonMap | undefined; managedFields: ManagedFieldsEntry[] } => {
  const schema = schemaOf(served)!
  const rules = toRules(parts, served, schema, subresource)
  const current = live ? bare(live) : {}
  const known = decodeManagers(live?.metadata.managedFields) ?? none
  // What was there before anybody's entry belongs to all writers before the first apply.
  const first: Manager = { name: 'before-first-apply', operation: 'Update', apiVersion: served.record.apiVersion }
  const managers = live && known.size === 0 ? updateManagers(none, first, {}, current, rules) : known
  const applied = applyConfiguration(managers, toManager(context, served, 'Apply', subresource), current, config, force, rules)
  return { object: applied.object, managedFields: encodeManagers(applied.managers) }
}
