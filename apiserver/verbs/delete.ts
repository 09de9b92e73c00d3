// DELETE of one object: preconditions, grace, finalizers, propagation.
import { conflict, notFound } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import type { Context, Handler, Parts, Reply } from '../context.ts'
import { isDefinition, toTerminating as toTerminatingDefinition } from '../definitions/delete-definition.ts'
import { modifiedMessage } from '../errors.ts'
import { type Served, toStoredForm } from '../resource-table.ts'
import { readDeleteOptions } from './decode.ts'
import { type DeletionStep, planDeletion } from './finalizers.ts'
import { type DeleteOptions, toDeleteOptionsObject } from './options.ts'

export const checkPreconditions = (served: Served, object: KubeObject, preconditions: DeleteOptions['preconditions']): void => {
  if (!preconditions) return
  const { uid, resourceVersion } = preconditions
  const { metadata } = object
  const about = { group: served.record.group, plural: served.record.kind }
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      about,
      metadata.name ?? '',
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    )
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      about,
      metadata.name ?? '',
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    )
}

/** The last state of what was removed, or a Status, as the kind has it. */
const deletedReply = (served: Served, object: KubeObject): Reply => {
  const { record } = served
  if (record.deleteAnswersObject) return { kind: 'object', status: 200, object, served }
  const { name, uid } = object.metadata
  return {
    kind: 'object',
    status: 200,
    object: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, ...(record.group && { group: record.group }), kind: record.plural, uid },
    },
  }
}

const admitDeletion = async (parts: Parts, context: Context, served: Served, namespace: string, old: KubeObject, options: DeleteOptions): Promise<void> => {
  const request = toAdmissionRequest(
    context,
    served.record,
    { operation: 'DELETE', object: undefined, old, options: toDeleteOptionsObject(options), dryRun: options.dryRun },
    // The members of a collection are judged without names of their own.
    { namespace },
  )
  await parts.admission.admit(request)
  await parts.admission.validate(request)
}

const maxTries = 20

/** `admitted`: somebody has judged the request already, as something else (eviction). */
export const deleteObject = async (
  parts: Parts,
  context: Context,
  served: Served,
  namespace: string,
  name: string,
  options: DeleteOptions,
  { admitted = false } = {},
): Promise<Reply> => {
  const { record } = served
  const key = served.keyOf(namespace, name)
  const { signal } = context.request
  let judged = admitted
  let known: Entry | undefined
  for (let attempt = 1; ; attempt++) {
    const entry = known ?? (await parts.store.get(key, 'consistent', signal))
    known = undefined
    if (!entry) throw notFound(record, name)
    await served.ready?.([entry])
    const old = served.objectOf(entry)
    checkPreconditions(served, old, options.preconditions)
    if (!judged) {
      await admitDeletion(parts, context, served, namespace, old, options)
      judged = true
    }
    const plan: DeletionStep =
      isDefinition(record) && old.metadata.deletionTimestamp === undefined
        ? { step: 'mark', object: toTerminatingDefinition(old, parts.clock.now()), remove: false }
        : planDeletion(record, old, options, parts.clock.now())
    try {
      if (plan.step === 'pending') return { kind: 'entry', status: 200, served, entry }
      if (options.dryRun) {
        if (plan.step === 'mark' && !plan.remove)
          return {
            kind: 'object',
            status: 200,
            object: { ...plan.object, metadata: { ...plan.object.metadata, resourceVersion: String(entry.revision) } },
            served,
          }
        return deletedReply(
          served,
          plan.step === 'mark' ? { ...plan.object, metadata: { ...plan.object.metadata, resourceVersion: String(entry.revision) } } : old,
        )
      }
      let current = entry
      if (plan.step === 'mark') {
        current = await parts.store.update(key, await toStoredForm(served, plan.object), entry.revision)
        if (!plan.remove) {
          const accepted = options.orphanDependents === false
          return { kind: 'entry', status: accepted ? 202 : 200, served, entry: current }
        }
      }
      const gone = await parts.store.delete(key, current.revision)
      await parts.writeHooks[record.id]?.deleted(old)
      await served.ready?.([gone])
      return deletedReply(served, served.objectOf(gone))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.code === 'NotFound') throw notFound(record, name)
      if (error.code !== 'Conflict') throw error
      if (attempt >= maxTries) throw conflict(record, name, modifiedMessage)
      known = error.current
    }
  }
}

export const deleteOne: Handler = async (parts, context, served) => {
  const { info } = context
  const options = await readDeleteOptions(parts, context)
  if (served.record.id === 'jobs.batch' && options.propagationPolicy === undefined && options.orphanDependents === undefined)
    context.warnings.add(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    )
  if (served.record.id === 'namespaces') return deleteNamespace(parts, context, served, options)
  return deleteObject(parts, context, served, info.namespace, info.name, options)
}

/**
 * A namespace goes in three steps: the first DELETE turns it Terminating, the namespace controller empties it and takes its finalizer
 * off spec.finalizers through /finalize, and only then it is removed.
 */
const deleteNamespace = async (parts: Parts, context: Context, served: Served, options: DeleteOptions): Promise<Reply> => {
  const { info } = context
  const { deletionTimestamp } = (await parts.store.get(served.keyOf('', info.name), 'consistent', context.request.signal).then(e => e?.object().metadata)) ?? {}
  if (deletionTimestamp === undefined) return terminateNamespace(parts, context, served, options)
  const entry = await parts.store.get(served.keyOf('', info.name), 'consistent', context.request.signal)
  const finalizers = (entry?.object() as { spec?: { finalizers?: string[] } } | undefined)?.spec?.finalizers
  if (entry && finalizers?.length) {
    checkPreconditions(served, entry.object(), options.preconditions)
    return { kind: 'entry', status: 200, served, entry }
  }
  return deleteObject(parts, context, served, '', info.name, options)
}

const terminateNamespace = async (parts: Parts, context: Context, served: Served, options: DeleteOptions): Promise<Reply> => {
  const { record } = served
  const { name } = context.info
  const key = served.keyOf('', name)
  for (let attempt = 1; ; attempt++) {
    const entry = await parts.store.get(key, 'consistent', context.request.signal)
    if (!entry) throw notFound(record, name)
    const old = entry.object()
    checkPreconditions(served, old, options.preconditions)
    await admitDeletion(parts, context, served, name, old, options)
    const object = toTerminating(served, old, options, parts.clock.now())
    if (options.dryRun)
      return { kind: 'object', status: 200, object: { ...object, metadata: { ...object.metadata, resourceVersion: String(entry.revision) } }, served }
    try {
      return { kind: 'entry', status: 200, served, entry: await parts.store.update(key, object, entry.revision) }
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'Conflict' || attempt >= maxTries) throw error
    }
  }
}

const toTerminating = (served: Served, old: KubeObject, options: DeleteOptions, nowMs: number): KubeObject => {
  // A namespace has no grace; what is left of a plan that would wait is its finalizers and its time.
  const marked = planDeletion(
    served.record,
    { ...old, metadata: { ...old.metadata, finalizers: [...(old.metadata.finalizers ?? []), 'kubernetes'] } },
    options,
    nowMs,
  )
  if (marked.step !== 'mark') return old
  const { finalizers = [], deletionGracePeriodSeconds: _grace, ...metadata } = marked.object.metadata
  const kept = finalizers.filter(f => f !== 'kubernetes')
  const status = (old as { status?: Record<string, unknown> }).status
  return { ...old, metadata: { ...metadata, ...(kept.length && { finalizers: kept }) }, status: { ...status, phase: 'Terminating' } } as KubeObject
}
