// How expressions of admission see a request: the variables `request` and `authorizer`.
import { DecisionMemory } from '../../api/cel/evaluate-authorizing.ts'
import {
  type AuthorizationDecision,
  type AuthorizationQuestion,
  authorizerType,
  createAuthorizerValue,
  createResourceCheck,
  resourceCheckType,
} from '../../api/cel/library/authorizer.ts'
import { boolType, type CelType, dynType, listType, mapType, objectType, stringType } from '../../api/cel/type.ts'
import { type Authorizer, authorize } from '../authorization/authorizer.ts'
import type { UserInfo } from '../user.ts'
import type { AdmissionRequest } from './admission.ts'
import { describeRequest, namespaceOf } from './webhooks/review.ts'

const strings = (name: string, fields: readonly string[]): CelType =>
  objectType(
    name,
    fields.map(field => ({ name: field, type: stringType })),
  )

/** Made where expressions are compiled, as types are objects with a state of their own. */
export const createRequestType = (): CelType => {
  const kind = strings('kubernetes.GroupVersionKind', ['group', 'version', 'kind'])
  const resource = strings('kubernetes.GroupVersionResource', ['group', 'version', 'resource'])
  const userInfo = objectType('kubernetes.UserInfo', [
    { name: 'username', type: stringType },
    { name: 'uid', type: stringType },
    { name: 'groups', type: listType(stringType) },
    { name: 'extra', type: mapType(stringType, listType(stringType)) },
  ])
  return objectType('kubernetes.AdmissionRequest', [
    { name: 'kind', type: kind, required: true },
    { name: 'resource', type: resource, required: true },
    { name: 'subResource', type: stringType },
    { name: 'requestKind', type: kind, required: true },
    { name: 'requestResource', type: resource, required: true },
    { name: 'requestSubResource', type: stringType },
    { name: 'name', type: stringType, required: true },
    { name: 'namespace', type: stringType },
    { name: 'operation', type: stringType, required: true },
    { name: 'userInfo', type: userInfo, required: true },
    { name: 'dryRun', type: boolType },
    { name: 'options', type: dynType },
  ])
}

export const authorizerVariables = { authorizer: authorizerType, 'authorizer.requestResource': resourceCheckType } as const

const asker = (user: UserInfo, { serviceAccount }: AuthorizationQuestion): UserInfo =>
  serviceAccount
    ? {
        name: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${serviceAccount.namespace}`, 'system:authenticated'],
      }
    : user

const ask = async (authorizers: readonly Authorizer[], user: UserInfo, q: AuthorizationQuestion): Promise<AuthorizationDecision> => {
  const attributes = {
    user: asker(user, q),
    verb: q.verb,
    isResource: q.path === undefined,
    group: q.group ?? '',
    version: '*',
    resource: q.resource ?? '',
    subresource: q.subresource ?? '',
    namespace: q.namespace ?? '',
    name: q.name ?? '',
    path: q.path ?? '',
  }
  try {
    const { allowed, reason } = await authorize(authorizers, attributes)
    return { allowed, reason }
  } catch (error) {
    return { allowed: false, reason: '', error: error instanceof Error ? error.message : String(error) }
  }
}

/** The bindings of `request` and `authorizer`, and the memory that evaluateAuthorizing needs with them. */
export const bindRequest = (
  request: AdmissionRequest,
  seen: AdmissionRequest['resource'],
  authorizers: readonly Authorizer[],
): { bindings: Readonly<Record<string, unknown>>; memory: DecisionMemory } => {
  const memory = new DecisionMemory(question => ask(authorizers, request.user, question))
  const { group, plural } = request.resource
  const namespace = namespaceOf(request)
  const about = {
    group,
    resource: plural,
    ...(request.subresource && { subresource: request.subresource }),
    ...(namespace && { namespace }),
    ...(request.name && { name: request.name }),
  }
  return {
    memory,
    bindings: {
      request: { name: '', ...describeRequest(request, seen) },
      authorizer: createAuthorizerValue(memory.known),
      'authorizer.requestResource': createResourceCheck(memory.known, about),
    },
  }
}
