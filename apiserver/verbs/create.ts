// POST to a collection.
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
  return createObject(parts, context, served, object, options)
}
