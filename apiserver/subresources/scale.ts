// /scale: replicas of whatever has some, as autoscaling/v1 Scale.
import { invalid, invalidValue } from '../../api/field-error.ts'
import { nameColumn } from '../../api/kinds/columns.ts'
import { age } from '../../api/kinds/duration.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Column, ScaleMapping } from '../../api/resource.ts'
import { type ScaleFields, toParentEntries, toScaleEntries } from '../../api/patch/apply/scale-fields.ts'
import { badRequest, conflict } from '../../api/status.ts'
import type { Scale } from '../../api/types/autoscaling-v1.ts'
import type { Handler, Mutable, Parts, Reply } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { get } from '../verbs/get.ts'
import { readObject } from '../verbs/decode.ts'
import { setManagedFields, trackedScale, trackWrite } from '../verbs/managed-fields.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions } from '../verbs/options.ts'
import { patchObject } from '../verbs/patch.ts'
import { type AdmittedKind, updateObject } from '../verbs/write.ts'
import { scaleKind } from './scale-kind.ts'
import type { Subresource } from './registry.ts'

const mappingOf = (served: Served): ScaleMapping<KubeObject> => served.record.scale as ScaleMapping<KubeObject>

const toScale = (served: Served, object: KubeObject): KubeObject => {
  const { spec, status, selector } = mappingOf(served).read(object)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: scaleKind.kind,
    apiVersion: scaleKind.apiVersion,
    metadata: { name, namespace, uid, ...(resourceVersion !== undefined && { resourceVersion }), creationTimestamp },
    spec: spec ? { replicas: spec } : {},
    status: { replicas: status, ...(selector && { selector }) },
  } as unknown as KubeObject
}

/** What `kubectl get` shows of a custom resource's Scale; those of built-in kinds are no tables. */
const columns: readonly Column<Scale>[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', description: 'Replicas asked for.', value: s => s.spec.replicas ?? 0 },
  { name: 'Available', type: 'integer', description: 'Replicas there are.', value: s => s.status?.replicas ?? 0 },
  { name: 'Age', type: 'date', description: 'Time since the object was created.', value: (s, now) => age(s.metadata.creationTimestamp, now) },
]

const toScaleReply = async (served: Served, reply: Reply): Promise<Reply> => {
  if (reply.kind !== 'entry' && reply.kind !== 'object') return reply
  if (reply.kind === 'entry') await served.ready?.([reply.entry])
  const parent = reply.kind === 'entry' ? served.objectOf(reply.entry) : (reply.object as KubeObject)
  return {
    kind: 'object',
    status: reply.status,
    object: toScale(served, parent),
    ...(served.record.custom && { served: { ...served, record: { ...served.record, columns } } }),
  }
}

/** Where the parent's versions keep their replicas. */
const fieldsOf = (parts: Parts, { record }: Served): ScaleFields => ({
  apiVersion: record.apiVersion,
  pathIn: apiVersion => {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    const mapping = group === record.group ? parts.table.byKind(group, version, record.kind)?.record.scale : undefined
    return (
      mapping &&
      (mapping.specPath ?? '.spec.replicas')
        .split('.')
        .slice(1)
        .map(name => `f:${name}`)
    )
  },
})

/** The Scale with the entries that own its replicas, as patches and field tracking see it. */
const toTrackedScale = (parts: Parts, served: Served, object: KubeObject): KubeObject => {
  const seen = toScale(served, object)
  const managedFields = toScaleEntries(object.metadata.managedFields, fieldsOf(parts, served))
  return { ...seen, metadata: { ...seen.metadata, ...(managedFields.length && { managedFields }) } }
}

/** The parent with the Scale's replicas and their owners; checks what a Scale may say. */
const fromScale = (parts: Parts, served: Served, scale: Mutable, old: KubeObject): Mutable => {
  const { metadata } = scale
  const { group, plural } = served.record
  const name = old.metadata.name!
  const replicas = (scale as { spec?: { replicas?: number } }).spec?.replicas ?? 0
  // What a custom resource's replicas may be is for its own rules to say.
  if (replicas < 0 && !served.record.custom) throw invalid(scaleKind, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')])
  if (metadata.uid && metadata.uid !== old.metadata.uid)
    throw conflict(
      { group, plural: `${plural}/scale` },
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid ?? ''}`,
    )
  const next = structuredClone(old) as Mutable
  delete next.metadata.resourceVersion
  if (metadata.resourceVersion) next.metadata.resourceVersion = metadata.resourceVersion
  mappingOf(served).write(next, replicas)
  setManagedFields(next, toParentEntries(old.metadata.managedFields, metadata.managedFields ?? [], fieldsOf(parts, served)))
  return next
}

/** Webhooks and policies see the Scale. */
const admittedAs = (served: Served): AdmittedKind => ({
  kind: scaleKind,
  toSeen: object => toScale(served, object),
  take: (object, seen) => {
    mappingOf(served).write(object, (seen as { spec?: { replicas?: number } }).spec?.replicas ?? 0)
  },
})

const checkScaleName = (scale: Mutable, name: string): void => {
  if ((scale.metadata.name ?? '') !== name)
    throw badRequest(`the name of the object (${scale.metadata.name ?? ''}) does not match the name on the URL (${name})`)
}

const getScale: Handler = async (parts, context, served) => toScaleReply(served, await get(parts, context, served))

const update: Handler = async (parts, context, served) => {
  const { info, request } = context
  const options = parseWriteOptions(info.query, 'UpdateOptions')
  const sent = await readObject(parts, context, scaleKind, options.fieldValidation)
  checkNamespace(sent, info.namespace)
  checkScaleName(sent, info.name)
  const transform = (old: KubeObject): Mutable => {
    const scale = structuredClone(sent)
    setManagedFields(scale, trackWrite(parts, context, trackedScale(), toTrackedScale(parts, served, old), scale, undefined))
    return fromScale(parts, served, scale, old)
  }
  return toScaleReply(
    served,
    await updateObject(parts, context, served, info.name, transform, {
      dryRun: options.dryRun,
      applied: true,
      subresource: 'scale',
      admitted: admittedAs(served),
      signal: request.signal,
    }),
  )
}

const patch: Handler = async (parts, context, served) =>
  toScaleReply(
    served,
    await patchObject(parts, context, served, context.info.name, {
      subresource: 'scale',
      kind: scaleKind,
      tracked: trackedScale(),
      view: old => toTrackedScale(parts, served, old),
      finish: (patched, old) => fromScale(parts, served, patched, old),
      admitted: admittedAs(served),
    }),
  )

export const scale: Subresource = {
  name: 'scale',
  appliesTo: record => record.scale !== undefined,
  handlers: { get: getScale, update, patch },
  conversions: false,
  discovery: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
}
