// Kinds that are asked and not stored: reviews, bindings, component statuses. By resource id and verb.
import { type FieldError, invalid, invalidValue } from '../../api/field-error.ts'
import { badRequest, StatusError } from '../../api/status.ts'
import { selfSubjectReview, tokenReview } from '../authentication/token-review.ts'
import { type Attributes, authorize } from '../authorization/authorizer.ts'
import type { Context, Handler, Mutable, Parts } from '../context.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions } from '../verbs/options.ts'
import type { UserInfo } from '../user.ts'
import { bindPod } from './binding.ts'

interface Question {
  readonly create?: Handler
  readonly get?: Handler
  readonly list?: Handler
}

interface ReviewSpec {
  user?: string
  uid?: string
  groups?: string[]
  extra?: Record<string, string[]>
  resourceAttributes?: { namespace?: string; verb?: string; group?: string; version?: string; resource?: string; subresource?: string; name?: string }
  nonResourceAttributes?: { path?: string; verb?: string }
}

const read = async (parts: Parts, context: Context, served: Parameters<Handler>[2]): Promise<Mutable> => {
  const options = parseWriteOptions(context.info.query, 'CreateOptions')
  const object = await readObject(parts, context, served.record, options.fieldValidation)
  checkNamespace(object, context.info.namespace)
  return object
}

const toAttributes = (user: UserInfo, { resourceAttributes: r, nonResourceAttributes: n }: ReviewSpec): Attributes => ({
  user,
  isResource: r !== undefined,
  verb: (r ?? n)?.verb ?? '',
  group: r?.group ?? '',
  version: r?.version ?? '',
  resource: r?.resource ?? '',
  subresource: r?.subresource ?? '',
  namespace: r?.namespace ?? '',
  name: r?.name ?? '',
  path: n?.path ?? '',
})

const faultsOfAttributes = ({ resourceAttributes: r, nonResourceAttributes: n }: ReviewSpec): FieldError[] => {
  if (r && n) return [invalidValue('spec.nonResourceAttributes', n, 'cannot be specified in combination with resourceAttributes')]
  return r || n ? [] : [invalidValue('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]
}
const reject = (group: string, errors: readonly FieldError[]): void => {
  if (errors.length) throw invalid({ group, kind: '' }, '', errors)
}

const answerReview = async (parts: Parts, object: Mutable, attributes: Attributes): Promise<Mutable> => {
  const { allowed, denied, reason } = await authorize(parts.authorizers, attributes)
  return { ...object, status: { allowed, ...(denied && { denied }), ...(reason && { reason }) } }
}

const subjectAccessReview =
  (local: boolean): Handler =>
  async (parts, context, served) => {
    const object = await read(parts, context, served)
    const spec = (object['spec'] ?? {}) as ReviewSpec
    const { group } = served.record
    const nobody = !spec.user && !spec.groups?.length
    reject(group, [...faultsOfAttributes(spec), ...(nobody ? [invalidValue('spec.user', '', 'at least one of user or group must be specified')] : [])])
    if (local) {
      const namespace = spec.resourceAttributes?.namespace
      if (namespace !== context.info.namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${context.info.namespace}`)
    }
    const user: UserInfo = {
      name: spec.user ?? '',
      groups: spec.groups ?? [],
      ...(spec.uid !== undefined && { uid: spec.uid }),
      ...(spec.extra && { extra: spec.extra }),
    }
    return { kind: 'object', status: 201, object: await answerReview(parts, object, toAttributes(user, spec)) }
  }

const selfSubjectAccessReview: Handler = async (parts, context, served) => {
  const object = await read(parts, context, served)
  const spec = (object['spec'] ?? {}) as ReviewSpec
  reject(served.record.group, faultsOfAttributes(spec))
  return { kind: 'object', status: 201, object: await answerReview(parts, object, toAttributes(context.user, spec)) }
}

/** Rules that we cannot enumerate yet are said to be incomplete, as upstream does for authorizers that cannot. */
const selfSubjectRulesReview: Handler = async (parts, context, served) => {
  const object = await read(parts, context, served)
  if (!(object['spec'] as { namespace?: string } | undefined)?.namespace) throw badRequest('no namespace on request')
  const everything = context.user.groups.includes('system:masters')
  return {
    kind: 'object',
    status: 201,
    object: {
      ...object,
      status: {
        resourceRules: everything ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
        nonResourceRules: everything ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
        incomplete: !everything,
      },
    },
  }
}

const createBinding: Handler = (parts, context) => bindPod(parts, context, parts.table.stored('pods'), undefined)

/** The one component that this server can speak for is the store. */
const componentStatus = async (parts: Parts, name: string, signal: AbortSignal): Promise<unknown> => {
  const failure = await parts.store.health(signal).then(
    () => undefined,
    (error: unknown) => String(error instanceof Error ? error.message : error),
  )
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [
      { type: 'Healthy', status: failure === undefined ? 'True' : 'False', message: failure ?? 'ok', ...(failure !== undefined && { error: failure }) },
    ],
  }
}
const deprecated = 'v1 ComponentStatus is deprecated in v1.19+'
const getComponentStatus: Handler = async (parts, context, served) => {
  context.warnings.add(deprecated)
  if (context.info.name !== 'etcd-0')
    throw new StatusError(404, 'NotFound', `Component not found: ${context.info.name}`, { name: context.info.name, kind: served.record.plural })
  return { kind: 'object', status: 200, served, object: await componentStatus(parts, context.info.name, context.request.signal) }
}
const listComponentStatuses: Handler = async (parts, context) => {
  context.warnings.add(deprecated)
  const { kind: _kind, apiVersion: _apiVersion, ...item } = (await componentStatus(parts, 'etcd-0', context.request.signal)) as Record<string, unknown>
  return { kind: 'object', status: 200, object: { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: [item] } }
}
const watchComponentStatuses: Handler = (_parts, context) => {
  context.warnings.add(deprecated)
  return Promise.reject(
    new StatusError(405, 'MethodNotAllowed', 'watch is not supported on resources of kind "componentstatuses"', { kind: 'componentstatuses' }),
  )
}

export const questions: Readonly<Record<string, (Question & { readonly watch?: Handler }) | undefined>> = {
  'bindings': { create: createBinding },
  'componentstatuses': { get: getComponentStatus, list: listComponentStatuses, watch: watchComponentStatuses },
  'tokenreviews.authentication.k8s.io': { create: tokenReview },
  'selfsubjectreviews.authentication.k8s.io': { create: selfSubjectReview },
  'subjectaccessreviews.authorization.k8s.io': { create: subjectAccessReview(false) },
  'localsubjectaccessreviews.authorization.k8s.io': { create: subjectAccessReview(true) },
  'selfsubjectaccessreviews.authorization.k8s.io': { create: selfSubjectAccessReview },
  'selfsubjectrulesreviews.authorization.k8s.io': { create: selfSubjectRulesReview },
}
