// serviceaccounts/token: a new token for the ServiceAccount, bound to a Pod, Secret or Node where the request says so.
import { invalid, invalidValue } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'
import { badRequest, conflict, notFound, type ResourceRef, type StatusError } from '../../api/status.ts'
import { toTime } from '../../base/clock.ts'
import { lookUp } from '../admission/look-up.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import type { BoundTo, Reference } from '../authentication/service-account-tokens.ts'
import type { Context, Handler, Mutable, Parts } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions, toOptionsObject } from '../verbs/options.ts'
import type { Subresource } from './registry.ts'

const tokenRequestKind = {
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
  apiVersion: 'authentication.k8s.io/v1',
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
} as const

interface TokenRequest extends Mutable {
  spec: {
    audiences?: string[] | null
    expirationSeconds?: number
    boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string }
  }
}

const defaultSeconds = 3600
const minSeconds = 600
const maxSeconds = 2 ** 32
/** What the admission plugin asks for: such tokens of pods live for a year, and warn after the hour, for clients that never reload. */
const warnOnlySeconds = 3607
const extendedSeconds = 365 * 24 * 3600

const badDuration = (seconds: number, why: string): StatusError => invalid(tokenRequestKind, '', [invalidValue('spec.expirationSeconds', seconds, why)])

const read = async (parts: Parts, id: string, namespace: string, name: string): Promise<KubeObject> => {
  const served = parts.table.stored(id)
  const object = await lookUp(parts.store, served.keyOf(namespace, name))
  if (!object) throw notFound(served.record, name)
  return object
}

const toReference = ({ metadata: { name, uid } }: KubeObject): Reference => ({ name: name ?? '', ...(uid !== undefined && { uid }) })

/** The pod's node; by its name alone when it is gone. */
const nodeOf = async (parts: Parts, nodeName: string): Promise<Reference> => {
  const node = await lookUp(parts.store, parts.table.stored('nodes').keyOf('', nodeName))
  return node ? toReference(node) : { name: nodeName }
}

const readBound = async (
  parts: Parts,
  namespace: string,
  account: string,
  ref: NonNullable<TokenRequest['spec']['boundObjectRef']>,
): Promise<Partial<BoundTo>> => {
  const { kind = '', apiVersion = '', name = '', uid } = ref
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const type = group === '' ? kind : ''
  const checked = (object: KubeObject): Reference => {
    const about: ResourceRef = { group, plural: kind }
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    if (uid && uid !== object.metadata.uid) throw conflict(about, name, why)
    return toReference(object)
  }
  switch (type) {
    case 'Pod': {
      const pod = (await read(parts, 'pods', namespace, name)) as KubeObject & { spec: { serviceAccountName?: string; nodeName?: string } }
      if (pod.spec.serviceAccountName !== account)
        throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`)
      return { pod: checked(pod), ...(pod.spec.nodeName && { node: await nodeOf(parts, pod.spec.nodeName) }) }
    }
    case 'Secret':
      return { secret: checked(await read(parts, 'secrets', namespace, name)) }
    case 'Node':
      return { node: checked(await read(parts, 'nodes', '', name)) }
    default:
      throw badRequest(`cannot bind token to object of type ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`)
  }
}

const readRequest = async (parts: Parts, context: Context, served: Served): Promise<{ request: TokenRequest; account: KubeObject; seconds: number }> => {
  const { info } = context
  const options = parseWriteOptions(info.query, 'CreateOptions')
  const request = (await readObject(parts, context, tokenRequestKind, options.fieldValidation)) as TokenRequest
  checkNamespace(request, info.namespace)
  if (request.metadata.name && request.metadata.name !== info.name)
    throw invalid(tokenRequestKind, info.name, [invalidValue('metadata.name', request.metadata.name, 'must match the service account name if specified')])
  request.metadata.name = info.name
  request.metadata.namespace = info.namespace
  const admission = toAdmissionRequest(
    context,
    served.record,
    { operation: 'CREATE', object: request, old: undefined, options: toOptionsObject(info.query, 'CreateOptions'), dryRun: options.dryRun },
    { kind: tokenRequestKind },
  )
  const account = await read(parts, served.record.id, info.namespace, info.name)
  await parts.admission.admit(admission)
  const { expirationSeconds: seconds = defaultSeconds } = request.spec
  if (seconds < minSeconds) throw badDuration(seconds, 'may not specify a duration less than 10 minutes')
  if (seconds > maxSeconds) throw badDuration(seconds, 'may not specify a duration larger than 2^32 seconds')
  await parts.admission.validate(admission)
  return { request, account, seconds }
}

const create: Handler = async (parts, context, served) => {
  const { info } = context
  const { tokens } = parts.authentication
  const { maxExpirationSeconds: limit, extendExpiration } = parts.config.authentication.serviceAccounts
  const { request, account, seconds: wanted } = await readRequest(parts, context, served)
  const { boundObjectRef } = request.spec
  const audiences = request.spec.audiences?.length ? request.spec.audiences : [...tokens.audiences]
  const bound = boundObjectRef ? await readBound(parts, info.namespace, info.name, boundObjectRef) : {}
  const seconds = Math.min(wanted, limit ?? wanted)
  if (seconds < wanted) context.warnings.add(`requested expiration of ${wanted} seconds shortened to ${seconds} seconds`)
  const nowMs = parts.clock.now()
  const extend = extendExpiration && bound.pod !== undefined && seconds === warnOnlySeconds && audiences.every(a => tokens.audiences.includes(a))
  const claims: BoundTo = {
    namespace: info.namespace,
    serviceaccount: toReference(account),
    ...bound,
    ...(extend && { warnafter: Math.floor(nowMs / 1000) + seconds }),
  }
  const token = await tokens.sign(claims, audiences, extend ? extendedSeconds : seconds, nowMs)
  return {
    kind: 'object',
    status: 201,
    object: {
      ...request,
      metadata: { ...request.metadata, creationTimestamp: toTime(nowMs) },
      spec: { ...request.spec, audiences, expirationSeconds: seconds },
      status: { token, expirationTimestamp: toTime(nowMs + seconds * 1000) },
    },
  }
}

export const token: Subresource = {
  name: 'token',
  appliesTo: record => record.id === 'serviceaccounts',
  handlers: { create },
  conversions: false,
  discovery: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
}
