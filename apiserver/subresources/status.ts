// /status: the same object, of which only the status is taken (the record's prepare keeps the rest).
import type { Subresource } from './registry.ts'
import { get } from '../verbs/get.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions } from '../verbs/options.ts'
import { patchObject } from '../verbs/patch.ts'
import { checkName } from '../verbs/update.ts'
import { updateObject } from '../verbs/write.ts'
import type { Handler } from '../context.ts'

/** PUT of the whole object through a subresource. */
export const putThrough =
  (subresource: string): Handler =>
  async (parts, context, served) => {
    const { info, request } = context
    const options = parseWriteOptions(info.query, 'UpdateOptions')
    const object = await readObject(parts, context, served.record, options.fieldValidation)
    checkNamespace(object, info.namespace)
    checkName(object, info.name)
    return updateObject(parts, context, served, info.name, () => structuredClone(object), {
      dryRun: options.dryRun,
      uid: object.metadata.uid,
      subresource,
      signal: request.signal,
    })
  }

export const patchThrough =
  (subresource: string): Handler =>
  (parts, context, served) =>
    patchObject(parts, context, served, context.info.name, { subresource })

export const status: Subresource = {
  name: 'status',
  appliesTo: record => record.status === true,
  handlers: { get, update: putThrough('status'), patch: patchThrough('status') },
  discovery: { verbs: ['get', 'patch', 'update'] },
}
