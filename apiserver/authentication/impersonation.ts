// Impersonate-* headers: who may, becomes somebody else for the rest of the request. Each attribute needs the verb `impersonate`.
import { badRequest } from '../../api/status.ts'
import type { Attributes, Authorizer } from '../authorization/authorizer.ts'
import { requireAuthorized } from '../authorization/require-authorized.ts'
import type { ApiRequest } from '../http/answer.ts'
import { anonymousUser, parseServiceAccountUser, serviceAccountGroups, type UserInfo, withAuthenticated } from '../user.ts'
import { extraFrom, headerValues } from './identity-headers.ts'

type Wanted = Pick<Attributes, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'>

const core = { group: '', version: 'v1', subresource: '', namespace: '' }
const authentication = { ...core, group: 'authentication.k8s.io' }

/** The user to go on with. Throws 403 naming the attribute that may not be taken, 400 when no user is named. */
export const impersonate = async (user: UserInfo, { headers }: ApiRequest, authorizers: readonly Authorizer[]): Promise<UserInfo> => {
  const name = headerValues(headers, 'Impersonate-User')[0] ?? ''
  const groups = headerValues(headers, 'Impersonate-Group')
  const uid = headerValues(headers, 'Impersonate-Uid')[0] ?? ''
  const extra = extraFrom(headers, 'Impersonate-Extra-')
  const hasExtra = Object.keys(extra).length > 0
  if (!name) {
    if (groups.length || uid || hasExtra) throw badRequest('groups, uid or extra cannot be impersonated without a user name')
    return user
  }
  const account = parseServiceAccountUser(name)
  const wanted: Wanted[] = [
    account ? { ...core, resource: 'serviceaccounts', ...account } : { ...core, resource: 'users', name },
    ...groups.map(group => ({ ...core, resource: 'groups', name: group })),
    ...Object.entries(extra).flatMap(([key, list]) => list.map(value => ({ ...authentication, resource: 'userextras', subresource: key, name: value }))),
    ...(uid ? [{ ...authentication, resource: 'uids', name: uid }] : []),
  ]
  for (const attribute of wanted) await requireAuthorized(authorizers, { user, verb: 'impersonate', isResource: true, path: '', ...attribute })
  // Groups that are not asked for are those that the name brings along.
  const taken = account && !groups.length ? serviceAccountGroups(account.namespace) : groups
  const unknown = 'system:unauthenticated'
  const all = name === anonymousUser.name ? (taken.includes(unknown) ? taken : [...taken, unknown]) : withAuthenticated(taken)
  return { name, groups: all, ...(uid && { uid }), ...(hasExtra && { extra }) }
}
