// /scale: replicas of whatever has some, as autoscaling/v1 Scale.
import { invalid, invalidValue } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'
import type { ScaleMapping } from '../../api/resource.ts'
import { badRequest } from '../../api/status.ts'
import type { Handler, Mutable, Reply } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { get } from '../verbs/get.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions } from '../verbs/options.ts'
import { patchObject } from '../verbs/patch.ts'
import { updateObject } from '../verbs/write.ts'
import type { Subresource } from './registry.ts'

export const scaleKind = {
  schema: 'io.k8s.api.autoscaling.v1.Scale',
  apiVersion: 'autoscaling/v1',
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
} as const

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

const toScaleReply = (served: Served, reply: Reply): Reply => {
  if (reply.kind === 'entry') return { kind: 'object', status: reply.status, object: toScale(served, served.objectOf(reply.entry)) }
  if (reply.kind === 'object') return { kind: 'object', status: reply.status, object: toScale(served, reply.object as KubeObject) }
  return reply
}

/** The parent with the Scale's replicas; checks what a Scale may say. */
const fromScale = (served: Served, scale: Mutable, old: KubeObject): Mutable => {
  const { metadata } = scale
  const replicas = (scale as { spec?: { replicas?: number } }).spec?.replicas ?? 0
  const errors = replicas < 0 ? [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')] : []
  if (errors.length) throw invalid(scaleKind, metadata.name ?? '', errors)
  const next = structuredClone(old) as Mutable
  delete next.metadata.resourceVersion
  if (metadata.resourceVersion) next.metadata.resourceVersion = metadata.resourceVersion
  if (metadata.uid) next.metadata.uid = metadata.uid
  mappingOf(served).write(next, replicas)
  return next
}

const checkScaleName = (scale: Mutable, name: string): void => {
  if ((scale.metadata.name ?? '') !== name)
    throw badRequest(`the name of the object (${scale.metadata.name ?? ''}) does not match the name on the URL (${name})`)
}

const getScale: Handler = async (parts, context, served) => toScaleReply(served, await get(parts, context, served))

const update: Handler = async (parts, context, served) => {
  const { info, request } = context
  const options = parseWriteOptions(info.query, 'UpdateOptions')
  const scale = await readObject(parts, context, scaleKind, options.fieldValidation)
  checkNamespace(scale, info.namespace)
  checkScaleName(scale, info.name)
  return toScaleReply(
    served,
    await updateObject(parts, context, served, info.name, old => fromScale(served, scale, old), {
      dryRun: options.dryRun,
      uid: scale.metadata.uid,
      subresource: 'scale',
      signal: request.signal,
    }),
  )
}

const patch: Handler = async (parts, context, served) =>
  toScaleReply(
    served,
    await patchObject(parts, context, served, context.info.name, {
      subresource: 'scale',
      schema: scaleKind,
      view: old => toScale(served, old),
      finish: (patched, old) => fromScale(served, patched, old),
    }),
  )

export const scale: Subresource = {
  name: 'scale',
  appliesTo: record => record.scale !== undefined,
  handlers: { get: getScale, update, patch },
  conversions: false,
  discovery: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
}
