// The AdmissionReview that a webhook is sent, and what its answer means. Pure: clients see the messages, so they keep upstream's words.
import { randomUUID } from 'node:crypto'
import { isMap, type JsonValue } from '../../../api/patch/json-value.ts'
import type { GroupVersionKind, KubeObject } from '../../../api/object.ts'
import type { AnyResource } from '../../../api/resource.ts'
import { type Status, StatusError } from '../../../api/status.ts'
import type { AdmissionRequest } from '../admission.ts'

export type ReviewVersion = 'v1' | 'v1beta1'

/** The request's objects in the version that the webhook wants. */
export interface Seen {
  readonly resource: AnyResource
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
}

export interface Review {
  readonly uid: string
  readonly version: ReviewVersion
  readonly body: Record<string, unknown>
}

const kindOf = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind })
const resourceOf = ({ group, version, plural }: AnyResource): Record<string, string> => ({ group, version, resource: plural })

/** Namespaces are judged as being in themselves. */
export const namespaceOf = ({ resource, namespace, name, object }: AdmissionRequest): string =>
  resource.id === 'namespaces' ? name || (object?.metadata.name ?? '') : namespace

/** Everything about a request but its objects, for a reader who sees it in that version. */
export const describeRequest = (request: AdmissionRequest, seen: AnyResource): Record<string, unknown> => {
  const { resource, subresource, name, operation, user, dryRun, options } = request
  const namespace = namespaceOf(request)
  return {
    kind: kindOf(request.kind ?? seen),
    resource: resourceOf(seen),
    ...(subresource && { subResource: subresource, requestSubResource: subresource }),
    requestKind: kindOf(request.kind ?? resource),
    requestResource: resourceOf(resource),
    ...(name && { name }),
    ...(namespace && { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid !== undefined && { uid: user.uid }),
      ...(user.groups.length && { groups: user.groups }),
      ...(user.extra && { extra: user.extra }),
    },
    dryRun,
    options,
  }
}

export const toReview = (version: ReviewVersion, request: AdmissionRequest, seen: Seen): Review => {
  const uid = randomUUID()
  const described = describeRequest(request, seen.resource)
  return {
    uid,
    version,
    body: {
      kind: 'AdmissionReview',
      apiVersion: `admission.k8s.io/${version}`,
      request: { uid, ...described, object: seen.object ?? null, oldObject: seen.old ?? null },
    },
  }
}

export interface Answer {
  readonly allowed: boolean
  readonly status: Partial<Status> | undefined
  /** Parsed JSON patch. */
  readonly patch: JsonValue | undefined
  readonly warnings: readonly string[]
  readonly auditAnnotations: Readonly<Record<string, string>>
}

/** Throws an Error that says what is wrong with it. */
export const readAnswer = (value: unknown, review: Review, mutating: boolean): Answer => {
  const wanted = `admission.k8s.io/${review.version}, Kind=AdmissionReview`
  if (!isMap(value) || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') throw new Error(`expected webhook response of ${wanted}`)
  if (value['kind'] !== 'AdmissionReview' || value['apiVersion'] !== `admission.k8s.io/${review.version}`)
    throw new Error(`expected webhook response of ${wanted}, got ${value['apiVersion']}, Kind=${value['kind']}`)
  const { response } = value
  if (!isMap(response)) throw new Error('webhook response was absent')
  const { uid, allowed, status, patch, patchType, warnings, auditAnnotations } = response
  if (review.version === 'v1' && uid !== review.uid) throw new Error(`expected response.uid=${JSON.stringify(review.uid)}, got ${JSON.stringify(uid ?? '')}`)
  if (allowed !== undefined && typeof allowed !== 'boolean') throw new Error('response.allowed must be a boolean')
  return {
    allowed: allowed === true,
    status: isMap(status) ? status : undefined,
    patch: readPatch(patch, patchType, review.version, mutating),
    warnings: Array.isArray(warnings) ? warnings.filter(w => typeof w === 'string') : [],
    auditAnnotations: isMap(auditAnnotations)
      ? Object.fromEntries(Object.entries(auditAnnotations).filter((e): e is [string, string] => typeof e[1] === 'string'))
      : {},
  }
}

const readPatch = (patch: unknown, type: unknown, version: ReviewVersion, mutating: boolean): JsonValue | undefined => {
  const given = typeof patch === 'string' && patch !== ''
  if (given && !mutating) throw new Error('validating webhook may not return response.patch')
  if (version === 'v1' && !given && type != null) throw new Error('webhook returned response.patchType but not response.patch')
  if (!given) return undefined
  if (version === 'v1' && type == null) throw new Error('webhook returned response.patch but not response.patchType')
  if (type != null && type !== 'JSONPatch') throw new Error(`webhook returned invalid response.patchType of ${JSON.stringify(type)}`)
  return JSON.parse(Buffer.from(patch, 'base64').toString()) as JsonValue
}

/** A refusal in the webhook's own words and with its own code, which is an error's in any case. */
export const toRejection = (hook: string, given: Partial<Status> = {}): StatusError => {
  const by = `admission webhook ${JSON.stringify(hook)} denied the request`
  const { message, reason, details } = given
  const code = typeof given.code === 'number' && given.code >= 400 && given.code < 600 ? given.code : 400
  const text = message ? `${by}: ${message}` : reason ? `${by}: ${reason}` : `${by} without explanation`
  return new StatusError(code, (reason ?? '') as never, text, isMap(details) ? details : undefined)
}
