// Kinds that are asked and not stored: reviews, bindings, component statuses. By resource id and verb.
import { StatusError } from '../../api/status.ts'
import { selfSubjectReview, tokenReview } from '../authentication/token-review.ts'
import type { Handler, Parts } from '../context.ts'
import { localSubjectAccessReview, selfSubjectAccessReview, selfSubjectRulesReview, subjectAccessReview } from './access-reviews.ts'
import { bindPod } from './binding.ts'

interface Question {
  readonly create?: Handler
  readonly get?: Handler
  readonly list?: Handler
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
const listComponentStatuses: Handler = async (parts, context, served) => {
  context.warnings.add(deprecated)
  const { kind: _kind, apiVersion: _apiVersion, ...item } = (await componentStatus(parts, 'etcd-0', context.request.signal)) as Record<string, unknown>
  return { kind: 'object', status: 200, served, object: { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: [item] } }
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
  'subjectaccessreviews.authorization.k8s.io': { create: subjectAccessReview },
  'localsubjectaccessreviews.authorization.k8s.io': { create: localSubjectAccessReview },
  'selfsubjectaccessreviews.authorization.k8s.io': { create: selfSubjectAccessReview },
  'selfsubjectrulesreviews.authorization.k8s.io': { create: selfSubjectRulesReview },
}
