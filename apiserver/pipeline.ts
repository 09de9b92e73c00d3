// The way of every request, readable from top to bottom: request info → authenticate → impersonate → authorize → route → verb → encode.
// Admission, validation and the store are reached through the verbs (verbs/write.ts).
import { badRequest, internalError, StatusError } from '../api/status.ts'
import { toAuditedObject } from './audit/audited-object.ts'
import type { AuditRecord } from './audit/record.ts'
import { authenticate } from './authentication/authenticator.ts'
import { authorize, toAttributes } from './authorization/authorizer.ts'
import { refusal } from './authorization/require-authorized.ts'
import type { Context, Parts } from './context.ts'
import { deadlineMs, isLongRunning, withDeadline } from './deadline.ts'
import { encodeError, encodeReply } from './encoding/encode.ts'
import { type Accepted, negotiate } from './encoding/negotiate.ts'
import { toStatusError } from './errors.ts'
import type { Answer, ApiRequest } from './http/answer.ts'
import { whenDone } from './http/when-done.ts'
import type { Fairness } from './fairness/fairness.ts'
import type { Metrics } from './discovery/metrics.ts'
import { parseRequest, type RequestInfo } from './request-info.ts'
import { route, type Route } from './router.ts'
import { anonymousUser, type UserInfo } from './user.ts'

export interface PipelineParts extends Parts {
  readonly metrics: Metrics
  readonly fairness: Fairness
}

const plainJson: Accepted = { mediaType: 'application/json', as: '', version: 'v1', stream: false, pretty: false }

/** For errors: the type that the client takes, JSON when it takes none of ours. */
const acceptedForErrors = (request: ApiRequest, info: RequestInfo): Accepted => {
  try {
    const { mediaType, pretty } = negotiate(request.headers['accept'] as string | undefined, info.query)
    return { ...plainJson, pretty, mediaType: mediaType === 'application/vnd.kubernetes.protobuf' ? 'application/json' : mediaType }
  } catch {
    return plainJson
  }
}

export const createPipeline = (parts: PipelineParts): ((request: ApiRequest) => Promise<Answer>) => {
  const { clock, config, log, metrics } = parts

  const identify = async (request: ApiRequest, info: RequestInfo, audit: AuditRecord): Promise<UserInfo> => {
    const user = await authenticate(parts.authentication.authenticators, request).catch((error: unknown) => {
      audit.unauthenticated()
      metrics.authenticated(false)
      throw error
    })
    audit.authenticated(user)
    metrics.authenticated(true)
    const impersonated = await parts.impersonation.impersonate(user, request, info)
    if (impersonated) audit.impersonating(impersonated)
    return impersonated?.user ?? user
  }

  const run = async (request: ApiRequest, info: RequestInfo, warnings: Set<string>, audit: AuditRecord): Promise<Answer> => {
    if (!info.path.startsWith('/')) throw badRequest('a path starts with a slash')
    const user = await identify(request, info, audit)
    const rest = parts.authentication.strip(request)
    return parts.fairness.run(rest, info, user, () => serve(rest, info, user, warnings, audit))
  }

  const serve = async (request: ApiRequest, info: RequestInfo, user: UserInfo, warnings: Set<string>, audit: AuditRecord): Promise<Answer> => {
    const attributes = toAttributes(user, info)
    const { allowed, reason } = await authorize(parts.authorizers, attributes)
    audit.authorized(allowed, reason)
    metrics.authorized(allowed)
    if (!allowed) throw refusal(attributes, reason)
    const found: Route = route(parts, info)
    if (found.kind === 'answer') return found.answer({ request, info, user, accepted: acceptedForErrors(request, info), warnings, audit })
    const accepted = negotiate(request.headers['accept'] as string | undefined, info.query, found.negotiation)
    const { deprecationWarning } = found.served.record
    if (deprecationWarning !== undefined) warnings.add(deprecationWarning)
    const context: Context = { request, info, user, accepted, warnings, audit }
    const reply = await found.handler(parts, context, found.served)
    const answer = await encodeReply(parts, context, reply)
    if (audit.wantsResponse) audit.responseObject(toAuditedObject(reply))
    return answer
  }

  return async request => {
    const info = parseRequest(request.method, request.url)
    const observe = metrics.begin(info)
    const warnings = new Set<string>()
    const audit = parts.audit.begin(request, info)
    let answer: Answer
    try {
      answer = await withDeadline(clock, request, deadlineMs(info, config.limits.requestMs), run(request, info, warnings, audit))
    } catch (error) {
      if (request.signal.aborted && !(error instanceof StatusError)) {
        observe(499)
        return audit.finish({ status: 499, headers: {}, bytes: [] })
      }
      const failure = toStatusError(error, { group: info.group, plural: info.plural }, info.name)
      if (failure.code >= 500) log.error({ err: error, method: info.method, path: info.path, code: failure.code }, 'a request failed')
      audit.failed(failure)
      const context: Context = { request, info, user: anonymousUser, accepted: acceptedForErrors(request, info), warnings, audit }
      answer = await encodeError(context, failure).catch((second: unknown) =>
        encodeError({ ...context, accepted: plainJson }, internalError('the error could not be encoded', second)),
      )
    }
    observe(answer.status)
    const finished = audit.finish(answer)
    return isLongRunning(info) && answer.status < 400 ? whenDone(finished, request.signal, metrics.beginLong(info)) : finished
  }
}
