// Server-side apply: PATCH with application/apply-patch+yaml. Creates what is missing.
import { badRequest, conflict } from '../../api/status.ts'
import { isMap, type JsonMap } from '../../api/patch/json-value.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Context, Mutable, Parts, Reply } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { type BodyKind, decodePatched, readApplyBody } from './decode.ts'
import { applyConfig, setManagedFields, trackedOf } from './managed-fields.ts'
import { checkNamespace } from './metadata.ts'
import { parseWriteOptions } from './options.ts'
import type { PatchThrough } from './patch.ts'
import { checkName } from './update.ts'
import { createObject, updateObject } from './write.ts'

const checkConfig = (config: JsonMap, name: string, namespace: string): void => {
  const { metadata } = config
  if (metadata !== undefined && metadata !== null && !isMap(metadata)) throw badRequest('metadata of an applied configuration is an object')
  if (isMap(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) throw badRequest('metadata.managedFields must be nil')
  const own = isMap(metadata) ? metadata : {}
  const { name: given } = own
  if (typeof given !== 'string' || given === '') throw badRequest('name must be provided')
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  if (namespace && own['namespace'] && own['namespace'] !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** The configuration as it is compared: with the name and namespace of the path, without a version to lock on. */
const toConfig = (config: JsonMap, kind: BodyKind, context: Context): JsonMap => {
  const {
    resourceVersion: _resourceVersion,
    managedFields: _managedFields,
    uid: _uid,
    ...metadata
  } = isMap(config['metadata']) ? config['metadata'] : ({} as JsonMap)
  return {
    ...config,
    kind: kind.kind,
    apiVersion: kind.apiVersion,
    metadata: { ...metadata, name: context.info.name, ...(context.info.namespace && { namespace: context.info.namespace }) },
  }
}

export const applyObject = async (parts: Parts, context: Context, served: Served, name: string, through: PatchThrough): Promise<Reply> => {
  const { info, request } = context
  const { subresource, view } = through
  const kind = through.kind ?? served.record
  const options = parseWriteOptions(info.query, 'PatchOptions', true)
  const sent = await readApplyBody(parts, context, kind, options.fieldValidation)
  context.audit.requestObject(sent)
  checkConfig(sent, name, info.namespace)
  const meta = isMap(sent['metadata']) ? sent['metadata'] : {}
  const { resourceVersion, uid } = meta as { resourceVersion?: string; uid?: string }
  const config = { sent, compared: toConfig(sent, kind, context) }
  const tracked = through.tracked ?? trackedOf(parts, served, subresource)
  const merge = (live: KubeObject | undefined): Mutable => {
    const merged = applyConfig(parts, context, tracked, live, config, options.force === true)
    const object = decodePatched(context, kind, merged.object, options.fieldValidation, {})
    checkNamespace(object, info.namespace)
    checkName(object, name)
    setManagedFields(object, merged.managedFields)
    return object
  }
  const create = (): Promise<Reply> => {
    if (uid) throw conflict(served.record, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`)
    return createObject(parts, context, served, merge(undefined), { ...options, applied: true })
  }
  return updateObject(
    parts,
    context,
    served,
    name,
    (old, revision) => {
      const next = merge(view ? view(old) : old)
      // The version locks only where the configuration names one; the merged object is that of the stored version.
      next.metadata.resourceVersion = resourceVersion ?? String(revision)
      if (uid) next.metadata.uid = uid
      return through.finish ? through.finish(next, old) : next
    },
    { dryRun: options.dryRun, signal: request.signal, applied: true, admitted: through.admitted, ...(subresource ? { subresource } : { create }) },
  )
}
