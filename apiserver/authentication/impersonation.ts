// Impersonate-* headers: who may, becomes somebody else for the rest of the request. Each attribute needs the verb `impersonate`.
import { badRequest, StatusError } from '../../api/status.ts'
import { type Attributes, type Authorizer, authorize } from '../authorization/authorizer.ts'
import type { ApiRequest } from '../http/answer.ts'
import { parseServiceAccountUser, type UserInfo } from '../user.ts'

const values = (header: string | string[] | undefined): string[] => (header === undefined ? [] : Array.isArray(header) ? header : [header])

interface Wanted {
  kind: string
  group: string
  namespace: string
  name: string
  subresource: string
}

const toAttributes = (user: UserInfo, w: Wanted): Attributes => ({
  user,
  verb: 'impersonate',
  isResource: true,
  group: w.group,
  version: 'v1',
  resource: w.kind,
  subresource: w.subresource,
  namespace: w.namespace,
  name: w.name,
  path: '',
})

/** The user to go on with. Throws 403 naming the attribute that may not be taken, 400 when no user is named. */
export const impersonate = async (user: UserInfo, { headers }: ApiRequest, authorizers: readonly Authorizer[]): Promise<UserInfo> => {
  const name = values(headers['impersonate-user'])[0] ?? ''
  const groups = values(headers['impersonate-group'])
  const uid = values(headers['impersonate-uid'])[0]
  const extra: Record<string, string[]> = {}
  for (const [header, value] of Object.entries(headers))
    if (header.startsWith('impersonate-extra-')) extra[decodeURIComponent(header.slice('impersonate-extra-'.length))] = values(value)
  const wanted = groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0
  if (!name) {
    if (wanted) throw badRequest('groups, uid or extra cannot be impersonated without a user name')
    return user
  }
  const account = parseServiceAccountUser(name)
  const checks: Wanted[] = [
    account
      ? { kind: 'serviceaccounts', group: '', namespace: account.namespace, name: account.name, subresource: '' }
      : { kind: 'users', group: '', namespace: '', name, subresource: '' },
    ...groups.map(g => ({ kind: 'groups', group: '', namespace: '', name: g, subresource: '' })),
    ...(uid === undefined ? [] : [{ kind: 'uids', group: 'authentication.k8s.io', namespace: '', name: uid, subresource: '' }]),
    ...Object.entries(extra).flatMap(([key, list]) =>
      list.map(v => ({ kind: 'userextras', group: 'authentication.k8s.io', namespace: '', name: v, subresource: key })),
    ),
  ]
  for (const check of checks) {
    const { allowed, reason } = await authorize(authorizers, toAttributes(user, check))
    if (!allowed) {
      const resource = check.group ? `${check.kind}.${check.group}` : check.kind
      throw new StatusError(
        403,
        'Forbidden',
        `${resource} "${check.name}" is forbidden: User "${user.name}" cannot impersonate resource "${check.kind}" in API group "${check.group}" at the cluster scope${reason && `: ${reason}`}`,
        { name: check.name, ...(check.group && { group: check.group }), kind: check.kind },
      )
    }
  }
  const all = account && !groups.length ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : [...groups]
  if (name === 'system:anonymous') {
    if (!all.includes('system:unauthenticated')) all.push('system:unauthenticated')
  } else if (!all.includes('system:authenticated')) all.push('system:authenticated')
  return { name, groups: all, ...(uid !== undefined && { uid }), ...(Object.keys(extra).length && { extra }) }
}
