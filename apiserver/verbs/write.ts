// The part that create, update and patch share: from a decoded object to the store. The order of hooks is upstream's:
// default → mutating admission → prepare → addresses → validate → validating admission → canonicalize → stored.
import { type FieldError, invalid } from '../../api/field-error.ts'
import { type GroupVersionKind, type KubeObject, parseApiVersion } from '../../api/object.ts'
import type { WriteContext } from '../../api/resource.ts'
import { alreadyExists, conflict, forbidden, notFound, StatusError } from '../../api/status.ts'
import { sameManagers } from '../../api/patch/apply/managed-fields.ts'
import { validateObject } from '../../api/validation/validate-object.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import type { AdmissionRequest } from '../admission/admission.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import { toAttributes } from '../authorization/authorizer.ts'
import { requireAuthorized } from '../authorization/require-authorized.ts'
import type { Context, Mutable, Parts, Reply } from '../context.ts'
import { modifiedMessage } from '../errors.ts'
import { type Served, toStoredForm } from '../resource-table.ts'
import { noReservation } from '../services/write-hooks.ts'
import { toCanonical } from './decode.ts'
import { toOptionsObject } from './options.ts'
import { setManagedFields, trackedOf, trackWrite } from './managed-fields.ts'
import { carryMetadata, dedupeOwners, identify, initMetadata, generateName, sameObject, sameSpec } from './metadata.ts'
import { shouldDeleteDuringUpdate } from './finalizers.ts'

const duplicateOwners =
  '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests'

/** Mutating admission; what it leaves behind that is mended and not refused. */
const admit = async (parts: Parts, context: Context, request: AdmissionRequest, object: KubeObject): Promise<void> => {
  await parts.admission.admit(request)
  if (dedupeOwners(object)) context.warnings.add(duplicateOwners)
}

const rejectInvalid = (served: Served, object: KubeObject, errors: readonly FieldError[]): void => {
  if (!errors.length) return
  // A custom resource may say to be something else, which is then one of its faults.
  const kind = served.record.custom ? { group: parseApiVersion(object.apiVersion).group, kind: object.kind } : served.record
  throw invalid(kind, object.metadata.name ?? object.metadata.generateName ?? '', errors)
}

/** The write may have been done: what was reserved for it must not go to somebody else. */
const isUnknownOutcome = (error: unknown): boolean => error instanceof StoreError && (error.code === 'Timeout' || error.code === 'Unavailable')

const maxNameTries = 8

/** Stores a new object. `object` is decoded and defaulted by the schema, private and mutable. */
export const createObject = async (
  parts: Parts,
  context: Context,
  served: Served,
  object: Mutable,
  options: { dryRun: boolean; applied?: boolean },
): Promise<Reply> => {
  const { record } = served
  const { metadata } = object
  const writeContext: WriteContext = {
    operation: 'create',
    nowMs: parts.clock.now(),
    warn: text => context.warnings.add(text),
    ...(context.info.subresource && { subresource: context.info.subresource }),
  }
  const sent = metadata.managedFields
  if (record.createRefusal) throw forbidden(record, metadata.name ?? '', record.createRefusal)
  initMetadata(object)
  record.default?.(object)
  setManagedFields(object, options.applied ? sent : trackWrite(parts, context, trackedOf(parts, served, undefined), undefined, object, sent))
  const admission = toAdmissionRequest(
    context,
    record,
    { operation: 'CREATE', object, old: undefined, options: toOptionsObject(context.info.query, 'CreateOptions'), dryRun: options.dryRun },
    { name: metadata.name ?? '' },
  )
  // An update or a patch that creates needs the right to create as well.
  if (context.info.verb !== 'create') await requireAuthorized(parts.authorizers, { ...toAttributes(context.user, context.info), verb: 'create' })
  await admit(parts, context, admission, object)
  const generated = identify(record, object, writeContext.nowMs)
  record.prepare?.(object, undefined, writeContext)
  for (let attempt = 1; ; attempt++) {
    const reservation = (await parts.writeHooks[record.id]?.begin(object, undefined, options.dryRun)) ?? noReservation
    const { name } = object.metadata
    try {
      rejectInvalid(served, object, validateObject(record, object, undefined, writeContext))
      for (const warning of record.warnings?.(object, undefined) ?? []) context.warnings.add(warning)
      await parts.admission.validate(admission)
      record.canonicalize?.(object)
      const canonical = toCanonical(record, object)
      const key = served.keyOf(context.info.namespace, name!)
      if (options.dryRun) {
        if (await parts.store.get(key, 'consistent', context.request.signal)) throw alreadyExists(record, name!)
        await reservation.rollback()
        return { kind: 'object', status: 201, object: canonical, served }
      }
      const entry = await parts.store.create(
        key,
        await toStoredForm(served, canonical),
        record.ttlSeconds === undefined ? {} : { ttlSeconds: record.ttlSeconds },
      )
      await reservation.commit()
      return { kind: 'entry', status: 201, served, entry }
    } catch (error) {
      if (!isUnknownOutcome(error)) await reservation.rollback()
      const exists = (error instanceof StoreError && error.code === 'Exists') || (error instanceof StatusError && error.reason === 'AlreadyExists')
      if (!exists) throw error
      if (!generated) throw await describeExisting(parts, context, served, name!)
      if (attempt >= maxNameTries) {
        const failure = alreadyExists(record, metadata.generateName!)
        throw new StatusError(
          409,
          'AlreadyExists',
          `${failure.message}, the server was not able to generate a unique name for the object`,
          failure.status.details,
        )
      }
      metadata.name = generateName(metadata.generateName!)
    }
  }
}

const describeExisting = async (parts: Parts, context: Context, served: Served, name: string): Promise<StatusError> => {
  const failure = alreadyExists(served.record, name)
  const current = await parts.store.get(served.keyOf(context.info.namespace, name), 'any')
  if (!current?.object().metadata.deletionTimestamp) return failure
  return new StatusError(409, 'AlreadyExists', `object is being deleted: ${failure.message}`, failure.status.details)
}

export interface UpdateOptions {
  readonly dryRun: boolean
  /** The body's uid, when it must be that of the stored object. */
  readonly uid?: string | undefined
  /** PUT to a missing object creates it. */
  readonly create?: (() => Promise<Reply>) | undefined
  /** Told to the record's hooks, which keep what this subresource does not own. */
  readonly subresource?: string
  /** Server-side apply: the object brings its managedFields. */
  readonly applied?: boolean
  /** The server's own change, which no hook of the kind judges: binding, eviction (upstream writes these past the strategy). */
  readonly direct?: boolean
  /** Where admission sees another kind than the stored one: the body of a subresource. */
  readonly admitted?: AdmittedKind | undefined
  readonly signal: AbortSignal
}

export interface AdmittedKind {
  readonly kind: GroupVersionKind
  toSeen(object: KubeObject): KubeObject
  /** Brings what admission changed in it back to the object. */
  take(object: Mutable, seen: KubeObject): void
}

/** Makes the next object from the stored one; called again when somebody else wrote in between. Throws to give up. */
export type Transform = (old: KubeObject, revision: number) => Promise<Mutable> | Mutable

const maxTries = 20

/**
 * Replaces a stored object by what `transform` makes of it: tries again on a conflict that the client did not ask to hear of (no
 * resourceVersion in the body), writes nothing when nothing changed, deletes when the last finalizer of a deleted object went.
 */
export const updateObject = async (
  parts: Parts,
  context: Context,
  served: Served,
  name: string,
  transform: Transform,
  options: UpdateOptions,
): Promise<Reply> => {
  const { record } = served
  const key = served.keyOf(context.info.namespace, name)
  let known: Entry | undefined
  for (let attempt = 1; ; attempt++) {
    const entry =
      known ?? (await parts.store.get(key, attempt === 1 ? 'any' : 'consistent', options.signal)) ?? (await parts.store.get(key, 'consistent', options.signal))
    known = undefined
    if (!entry) {
      if (options.create) return options.create()
      throw notFound(record, name)
    }
    await served.ready?.([entry])
    const old = served.objectOf(entry)
    try {
      return await updateOnce(parts, context, served, entry, old, await transform(old, entry.revision), options)
    } catch (error) {
      // An entry from memory may be behind: a verdict on it only counts when it was the newest.
      if (error instanceof StoreError && error.code === 'NotFound') throw notFound(record, name)
      if (error instanceof StatusError && attempt === 1 && error.code >= 400) {
        const newest = await parts.store.get(key, 'consistent', options.signal)
        if (newest?.revision === entry.revision) throw error
        continue
      }
      if (!(error instanceof StoreError) || error.code !== 'Conflict') throw error
      if (attempt >= maxTries) throw conflict(record, name, modifiedMessage)
      known = error.current
    }
  }
}

const updateOnce = async (
  parts: Parts,
  context: Context,
  served: Served,
  entry: Entry,
  old: KubeObject,
  object: Mutable,
  options: UpdateOptions,
): Promise<Reply> => {
  const { record } = served
  const name = old.metadata.name!
  const { metadata } = object
  if (metadata.uid && metadata.uid !== old.metadata.uid && options.uid !== undefined)
    throw conflict(record, name, `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid ?? ''}`)
  checkVersion(served, object, entry, name, options.subresource === 'scale')
  const writeContext: WriteContext = {
    operation: 'update',
    nowMs: parts.clock.now(),
    warn: text => context.warnings.add(text),
    ...(options.subresource && { subresource: options.subresource }),
  }
  if (options.direct) return storeDirectly(parts, served, entry, object, options.dryRun)
  const sent = metadata.managedFields
  carryMetadata(object, old)
  record.default?.(object)
  setManagedFields(object, options.applied ? sent : trackWrite(parts, context, trackedOf(parts, served, options.subresource), old, object, sent))
  const { admitted } = options
  const admission = toAdmissionRequest(
    context,
    record,
    {
      operation: 'UPDATE',
      object: admitted ? admitted.toSeen(object) : object,
      old: admitted ? admitted.toSeen(old) : old,
      options: toOptionsObject(context.info.query, 'UpdateOptions'),
      dryRun: options.dryRun,
    },
    { name, ...(admitted && { kind: admitted.kind }) },
  )
  await admit(parts, context, admission, object)
  if (admitted && admission.object) admitted.take(object, admission.object)
  keepTimes(object, old)
  record.prepare?.(object, old, writeContext)
  if (record.generation && metadata.generation === old.metadata.generation && !sameSpec(object, old)) metadata.generation = (old.metadata.generation ?? 0) + 1
  const reservation = (await parts.writeHooks[record.id]?.begin(object, old, options.dryRun)) ?? noReservation
  try {
    metadata.resourceVersion = String(entry.revision)
    rejectInvalid(served, object, validateObject(record, object, old, writeContext))
    // Who writes a status did not choose the spec.
    if (options.subresource !== 'status') for (const warning of record.warnings?.(object, old) ?? []) context.warnings.add(warning)
    await parts.admission.validate(admission)
    record.canonicalize?.(object)
    delete metadata.resourceVersion
    const canonical = toCanonical(record, object)
    const deletes = shouldDeleteDuringUpdate(record, object)
    if (options.dryRun) {
      await reservation.rollback()
      return { kind: 'object', status: 200, object: { ...canonical, metadata: { ...canonical.metadata, resourceVersion: String(entry.revision) } }, served }
    }
    if (deletes) {
      const gone = await parts.store.delete(entry.key, entry.revision)
      await reservation.commit()
      await parts.writeHooks[record.id]?.deleted(old)
      return { kind: 'object', status: 200, object: { ...canonical, metadata: { ...canonical.metadata, resourceVersion: String(gone.revision) } }, served }
    }
    const stored = await toStoredForm(served, canonical)
    if (sameObject(stored, entry.object())) {
      await reservation.rollback()
      return { kind: 'entry', status: 200, served, entry }
    }
    const next = await parts.store.update(entry.key, stored, entry.revision)
    await reservation.commit()
    return { kind: 'entry', status: 200, served, entry: next }
  } catch (error) {
    if (!isUnknownOutcome(error)) await reservation.rollback()
    throw error
  }
}

/** Times of managedFields that are all that changed are no change (upstream's IgnoreManagedFieldsTimestampsTransformer). */
const keepTimes = (object: Mutable, old: KubeObject): void => {
  const { managedFields } = old.metadata
  if (!managedFields || !sameManagers(object.metadata.managedFields, managedFields)) return
  if (sameObject({ ...object, metadata: { ...object.metadata, managedFields } }, old)) object.metadata.managedFields = [...managedFields]
}

const storeDirectly = async (parts: Parts, served: Served, entry: Entry, object: Mutable, dryRun: boolean): Promise<Reply> => {
  delete object.metadata.resourceVersion
  const canonical = toCanonical(served.record, object)
  if (dryRun)
    return { kind: 'object', status: 200, object: { ...canonical, metadata: { ...canonical.metadata, resourceVersion: String(entry.revision) } }, served }
  return { kind: 'entry', status: 200, served, entry: await parts.store.update(entry.key, await toStoredForm(served, canonical), entry.revision) }
}

/** Optimistic concurrency: a version in the body must be the stored one; whether one may be missing is the kind's to say, but a Scale's may. */
const checkVersion = (served: Served, object: Mutable, entry: Entry, name: string, mayMiss: boolean): void => {
  const { record } = served
  const version = object.metadata.resourceVersion ?? ''
  if (version === '' || version === '0') {
    if (record.unconditionalUpdate === false && !mayMiss)
      throw invalid(record, name, [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', detail: 'must be specified for an update', value: 0 }])
    return
  }
  if (version !== String(entry.revision)) throw conflict(record, name, modifiedMessage)
}
