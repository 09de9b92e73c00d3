// POST to a collection.
import { badRequest } from '../../api/status.ts'
import type { Handler } from '../context.ts'
import { readObject } from './decode.ts'
import { checkNamespace } from './metadata.ts'
import { parseWriteOptions } from './options.ts'
import { createObject } from './write.ts'

export const create: Handler = async (parts, context, served) => {
  const { info } = context
  const options = parseWriteOptions(info.query, 'CreateOptions')
  const object = await readObject(parts, context, served.record, options.fieldValidation)
  checkNamespace(object, info.namespace)
  // A PUT that creates may carry a version; a POST may not.
  const version = object.metadata.resourceVersion ?? ''
  if (/^\d+$/.test(version) && version !== '0') throw badRequest('resourceVersion can not be set for Create requests')
  return createObject(parts, context, served, object, options)
}
