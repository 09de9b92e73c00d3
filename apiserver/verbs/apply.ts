// Server-side apply: PATCH with application/apply-patch+yaml. Creates what is missing.
import { badRequest, conflict } from '../../api/status.ts'
import { isMap, type JsonMap } from '../../api/patch/json-value.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Context, Mutable, Parts, Reply } from '../context.ts'
import { modifiedMessage } from '../errors.ts'
import type { Served } from '../resource-table.ts'
import { decodePatched, readApplyBody } from './decode.ts'
import { applyConfig } from './managed-fields.ts'
import { checkNamespace } from './metadata.ts'
import { parseWriteOptions } from './options.ts'
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
const toConfig = (config: JsonMap, served: Served, context: Context): JsonMap => {
  const {
    resourceVersion: _resourceVersion,
    managedFields: _managedFields,
    uid: _uid,
    ...metadata
  } = isMap(config['metadata']) ? config['metadata'] : ({} as JsonMap)
  return {
    ...config,
    kind: served.record.kind,
    apiVersion: served.record.apiVersion,
    metadata: { ...metadata, name: context.info.name, ...(context.info.namespace && { namespace: context.info.namespace }) },
  }
}

export const applyObject = async (parts: Parts, context: Context, served: Served, subresource: string | undefined): Promise<Reply> => {
  const { info, request } = context
  const options = parseWriteOptions(info.query, 'PatchOptions', true)
  const body = await readApplyBody(parts, context, served.record, options.fieldValidation)
  checkConfig(body, info.name, info.namespace)
  const meta = isMap(body['metadata']) ? body['metadata'] : {}
  const { resourceVersion, uid } = meta as { resourceVersion?: string; uid?: string }
  const config = toConfig(body, served, context)
  const finish = (merged: JsonMap, managedFields: KubeObject['metadata']['managedFields']): Mutable => {
    const object = decodePatched(context, served.record, merged, options.fieldValidation, [])
    checkNamespace(object, info.namespace)
    checkName(object, info.name)
    object.metadata.managedFields = managedFields!
    return object
  }
  const create = (): Promise<Reply> => {
    if (uid) throw conflict(served.record, info.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`)
    const { object, managedFields } = applyConfig(parts, context, served, undefined, config, options.force === true, subresource)
    return createObject(parts, context, served, finish(object ?? config, managedFields), { ...options, applied: true })
  }
  return updateObject(
    parts,
    context,
    served,
    info.name,
    (old, revision) => {
      if (resourceVersion && resourceVersion !== String(revision)) throw conflict(served.record, info.name, modifiedMessage)
      const { object, managedFields } = applyConfig(parts, context, served, old, config, options.force === true, subresource)
      const { managedFields: _managedFields, resourceVersion: _resourceVersion, ...metadata } = old.metadata
      const next = finish(object ?? ({ ...old, metadata } as unknown as JsonMap), managedFields)
      if (uid) next.metadata.uid = uid
      return next
    },
    { dryRun: options.dryRun, signal: request.signal, applied: true, ...(subresource ? { subresource } : { create }) },
  )
}
