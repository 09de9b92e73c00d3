// PUT of one object.
import { cloneNoted } from '../../api/schema/emptied.ts'
import { badRequest, conflict } from '../../api/status.ts'
import type { Handler, Mutable } from '../context.ts'
import { readObject } from './decode.ts'
import { checkNamespace } from './metadata.ts'
import { parseWriteOptions } from './options.ts'
import { createObject, updateObject } from './write.ts'

/** The name in a body must be that of the path; an absent one is taken from there. */
export const checkName = (object: Mutable, name: string): void => {
  const own = object.metadata.name ?? ''
  if (own === '') throw badRequest('name must be provided')
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`)
}

export const update: Handler = async (parts, context, served) => {
  const { info, request } = context
  const { record } = served
  const options = parseWriteOptions(info.query, 'UpdateOptions')
  const object = await readObject(parts, context, record, options.fieldValidation)
  checkNamespace(object, info.namespace)
  checkName(object, info.name)
  const { uid } = object.metadata
  return updateObject(parts, context, served, info.name, () => cloneNoted(object), {
    dryRun: options.dryRun,
    uid,
    signal: request.signal,
    create: record.createOnUpdate
      ? () => {
          if (uid) throw conflict(record, info.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: `)
          return createObject(parts, context, served, object, options)
        }
      : undefined,
  })
}
