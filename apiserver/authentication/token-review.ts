// TokenReview and SelfSubjectReview: who a token stands for, and who one is.
import { badRequest } from '../../api/status.ts'
import { toTime } from '../../base/clock.ts'
import type { Handler } from '../context.ts'
import { toWire } from '../user.ts'
import { readObject } from '../verbs/decode.ts'
import { parseWriteOptions } from '../verbs/options.ts'

export const tokenReview: Handler = async (parts, context, served) => {
  const { fieldValidation } = parseWriteOptions(context.info.query, 'CreateOptions')
  const object = await readObject(parts, context, served.record, fieldValidation)
  if (object.metadata.namespace) throw badRequest(`namespace is not allowed on this type: ${object.metadata.namespace}`)
  const { token, audiences } = (object['spec'] ?? {}) as { token?: string; audiences?: string[] }
  if (!token) throw badRequest('token is required for TokenReview in authentication')
  const status = await parts.authentication.reviewToken(token, audiences ?? []).then(
    answer => ({ authenticated: true, user: toWire(answer.user), ...(answer.audiences.length && { audiences: answer.audiences }) }),
    (error: unknown) => ({ user: {}, error: error instanceof Error ? error.message : String(error) }),
  )
  return { kind: 'object', status: 201, object: { ...object, status } }
}

export const selfSubjectReview: Handler = async (parts, context, served) => {
  const { fieldValidation } = parseWriteOptions(context.info.query, 'CreateOptions')
  await readObject(parts, context, served.record, fieldValidation)
  const { kind, apiVersion } = served.record
  const metadata = { creationTimestamp: toTime(parts.clock.now()) }
  return { kind: 'object', status: 201, object: { kind, apiVersion, metadata, status: { userInfo: toWire(context.user) } } }
}
