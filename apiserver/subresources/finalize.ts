// namespaces/finalize: the only way to change spec.finalizers; the last one off a terminating namespace removes it.
import type { Handler, Mutable } from '../context.ts'
import { readObject } from '../verbs/decode.ts'
import { parseWriteOptions } from '../verbs/options.ts'
import { checkName } from '../verbs/update.ts'
import { updateObject } from '../verbs/write.ts'
import type { Subresource } from './registry.ts'

const update: Handler = async (parts, context, served) => {
  const { info, request } = context
  const options = parseWriteOptions(info.query, 'UpdateOptions')
  const object = await readObject(parts, context, served.record, options.fieldValidation)
  // The body names the namespace; a path that names another is not an error of its own, but there is nothing under it.
  const name = object.metadata.name ?? info.name
  if (name === info.name) checkName(object, info.name)
  return updateObject(
    parts,
    context,
    served,
    name,
    old => {
      const next = structuredClone(old) as Mutable & { spec?: { finalizers?: string[] } }
      const wanted = (object as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? []
      next.metadata.finalizers = object.metadata.finalizers ?? []
      if (!next.metadata.finalizers.length) delete next.metadata.finalizers
      delete next.metadata.resourceVersion
      if (object.metadata.resourceVersion !== undefined) next.metadata.resourceVersion = object.metadata.resourceVersion
      next.spec = { ...next.spec, finalizers: wanted }
      if (!wanted.length) delete next.spec.finalizers
      return next
    },
    { dryRun: options.dryRun, uid: object.metadata.uid, subresource: 'finalize', signal: request.signal },
  )
}

export const finalize: Subresource = {
  name: 'finalize',
  appliesTo: record => record.id === 'namespaces',
  handlers: { update },
  discovery: { verbs: ['update'] },
}
