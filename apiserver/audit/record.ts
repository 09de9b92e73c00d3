// What the audit log has of one request: who asked for what, when, and what became of it. The pipeline tells what happens; the policy's
// verdict says how much of it is written.
import { stringifyJson } from '../../api/json.ts'
import type { StatusError } from '../../api/status.ts'
import { type Clock, toMicroTime } from '../../base/clock.ts'
import type { Impersonated } from '../authentication/impersonation.ts'
import { type Attributes, toAttributes } from '../authorization/authorizer.ts'
import { isLongRunning } from '../deadline.ts'
import type { Answer, ApiRequest } from '../http/answer.ts'
import { whenDone } from '../http/when-done.ts'
import type { RequestInfo } from '../request-info.ts'
import { anonymousUser, toWire, type UserInfo } from '../user.ts'
import type { AuditSink } from './log-file.ts'
import { type AuditPolicy, type Level, levels, type Stage, type Verdict } from './policy.ts'
import { sourceAddresses } from './source-addresses.ts'

/** What records are judged by and written to. */
export interface AuditParts {
  readonly policy: AuditPolicy
  readonly sink: AuditSink
  readonly clock: Clock
  countLevel(level: Level): void
  countEvent(): void
}

/** Larger objects are left out, and the event says so: turning them into text would hold up everybody. */
export const maxObjectBytes = 1024 * 1024
const truncated = 'audit.k8s.io/truncated'

const maxIdLength = 64

const withoutManagers = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const { metadata, items } = value as { metadata?: object; items?: unknown }
  const { managedFields: _, ...kept } = (metadata ?? {}) as Record<string, unknown>
  return { ...value, ...(metadata && { metadata: kept }), ...(Array.isArray(items) && { items: items.map(withoutManagers) }) }
}

interface Meta {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly uid?: string; readonly resourceVersion?: string }
}

export class AuditRecord {
  readonly id: string
  readonly #parts: AuditParts | undefined
  readonly #request: ApiRequest
  readonly #info: RequestInfo
  readonly #receivedMs: number
  #annotations: Map<string, string> | undefined
  #verdict: Verdict | undefined
  #user: UserInfo | undefined
  #impersonated: Impersonated | undefined
  #about: Meta['metadata']
  #requestObject: string | undefined
  #responseObject: string | undefined
  #status: Record<string, unknown> | undefined
  #completed = false

  /** `id` stands where the client names none. */
  constructor(parts: AuditParts | undefined, request: ApiRequest, info: RequestInfo, receivedMs: number, id: string) {
    const named = request.headers['audit-id']
    this.id = typeof named === 'string' && named ? named.slice(0, maxIdLength) : id
    this.#parts = parts
    this.#request = request
    this.#info = info
    this.#receivedMs = receivedMs
  }

  /** It is known who asks; what the policy says of that holds to the end. */
  authenticated(user: UserInfo): void {
    if (!this.#parts) return
    this.#user = user
    this.#judge(user)
    this.#emit('RequestReceived')
  }

  /** The credentials did not hold. */
  unauthenticated(): void {
    if (!this.#parts) return
    this.#judge(undefined)
    const { authorization, upgrade } = this.#request.headers
    const tried = [...(this.#request.peer ? ['x509'] : []), ...(authorization !== undefined || upgrade !== undefined ? ['bearer'] : [])]
    this.#status = { metadata: {}, status: 'Failure', message: `Authentication failed, attempted: ${tried.join(', ')}`, reason: 'Unauthorized', code: 401 }
    this.#completed = true
    this.#emit('ResponseStarted')
  }

  impersonating(impersonated: Impersonated): void {
    this.#impersonated = impersonated
  }

  authorized(allowed: boolean, reason: string): void {
    this.annotate('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid')
    this.annotate('authorization.k8s.io/reason', reason)
  }

  /** The first value of a key stays. */
  annotate(key: string, value: string): void {
    if (!this.#isAtLeast('Metadata')) return
    this.#annotations ??= new Map()
    if (!this.#annotations.has(key)) this.#annotations.set(key, value)
  }

  get wantsRequest(): boolean {
    return this.#isAtLeast('Request')
  }
  get wantsResponse(): boolean {
    return this.#isAtLeast('RequestResponse')
  }

  /** What the client sent, as it is now: what is done to it later does not show. */
  requestObject(object: unknown): void {
    const { name = '', namespace = '', uid = '', resourceVersion = '' } = (object as Meta | undefined)?.metadata ?? {}
    this.#about ??= { name, namespace, uid, resourceVersion }
    if (this.wantsRequest) this.#requestObject ??= this.#toText(object)
  }

  /** undefined: it is too large to be looked at. */
  responseObject(object: unknown): void {
    if (!this.wantsResponse) return
    if (object === undefined) this.annotate(truncated, 'true')
    else this.#responseObject ??= this.#toText(object)
  }

  failed(error: StatusError): void {
    if (this.wantsResponse) this.responseObject(error.status)
    const { status, message, reason, details } = error.status
    this.#status = { metadata: {}, status, message, ...(reason && { reason }), ...(details && { details }), code: error.code }
  }

  /** The answer with the record's name; the record is complete when the answer is. */
  finish(answer: Answer): Answer {
    // Every answer has headers of its own by now.
    answer.headers['audit-id'] = this.id
    if (!this.#isAtLeast('Metadata') || this.#completed) return answer
    this.#status ??= { metadata: {}, code: answer.status }
    if (isLongRunning(this.#info) && answer.status < 400) this.#emit('ResponseStarted')
    return whenDone(answer, this.#request.signal, () => this.#complete())
  }

  #complete(): void {
    if (this.#completed) return
    this.#completed = true
    this.#emit('ResponseComplete')
  }

  #judge(user: UserInfo | undefined): void {
    const parts = this.#parts!
    this.#verdict = parts.policy.judge(toAttributes(user ?? anonymousUser, this.#info), user)
    parts.countLevel(this.#verdict.level)
  }

  #isAtLeast(level: Level): boolean {
    return this.#verdict !== undefined && levels.indexOf(this.#verdict.level) >= levels.indexOf(level)
  }

  #toText(object: unknown): string | undefined {
    const text = stringifyJson(this.#verdict?.omitManagedFields ? withoutManagers(object) : object)
    if (text.length <= maxObjectBytes) return text
    this.annotate(truncated, 'true')
    return undefined
  }

  #emit(stage: Stage): void {
    const parts = this.#parts!
    if (!this.#isAtLeast('Metadata') || this.#verdict!.omitStages.has(stage)) return
    parts.countEvent()
    parts.sink.write(this.#toLine(stage, parts.clock.now()))
  }

  #toLine(stage: Stage, nowMs: number): string {
    const head = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: this.#verdict!.level,
      auditID: this.id,
      stage,
      requestURI: this.#request.url,
      verb: this.#info.verb,
      user: this.#user ? toWire(this.#user) : {},
      ...(this.#impersonated && { impersonatedUser: toWire(this.#impersonated.user) }),
      ...(this.#impersonated?.constraint && { authenticationMetadata: { impersonationConstraint: this.#impersonated.constraint } }),
      sourceIPs: sourceAddresses(this.#request),
      userAgent: [this.#request.headers['user-agent'] ?? ''].flat()[0],
      ...(this.#info.isResource && { objectRef: this.#objectRef() }),
      ...(stage !== 'RequestReceived' && this.#status && { responseStatus: this.#status }),
    }
    const tail = {
      requestReceivedTimestamp: toMicroTime(this.#receivedMs),
      stageTimestamp: toMicroTime(nowMs),
      ...(this.#annotations && { annotations: Object.fromEntries(this.#annotations) }),
    }
    const objects = [
      ...(this.#requestObject === undefined ? [] : [`"requestObject":${this.#requestObject}`]),
      ...(stage === 'ResponseComplete' && this.#responseObject !== undefined ? [`"responseObject":${this.#responseObject}`] : []),
    ]
    return [JSON.stringify(head).slice(0, -1), ...objects, JSON.stringify(tail).slice(1)].join(',')
  }

  #objectRef(): Record<string, string> {
    const asked: Attributes = toAttributes(this.#user ?? anonymousUser, this.#info)
    const about = this.#about ?? {}
    const all = {
      resource: asked.resource,
      namespace: asked.namespace || (about.namespace ?? ''),
      name: asked.name || (about.name ?? ''),
      uid: about.uid ?? '',
      apiGroup: asked.group,
      apiVersion: asked.version,
      resourceVersion: about.resourceVersion ?? '',
      subresource: asked.subresource,
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value))
  }
}
