// Who makes a request, as every stage after authentication sees it.
import { isDns1123Label, isDns1123Subdomain } from '../api/validation/names.ts'

export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export const anonymousUser: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Key in `extra` under which it stands what a user was known by. */
export const credentialIdKey = 'authentication.kubernetes.io/credential-id'

/** The groups with `system:authenticated`, which every known user belongs to, unless they say whether the user is known. */
export const withAuthenticated = (groups: readonly string[]): readonly string[] =>
  groups.includes('system:authenticated') || groups.includes('system:unauthenticated') ? groups : [...groups, 'system:authenticated']

export const toAuthenticated = (user: UserInfo): UserInfo => ({ ...user, groups: withAuthenticated(user.groups) })

/** As a UserInfo of authentication.k8s.io. */
export const toWire = ({ name, uid, groups, extra }: UserInfo): Record<string, unknown> => ({
  username: name,
  ...(uid && { uid }),
  ...(groups.length && { groups }),
  ...(extra && Object.keys(extra).length && { extra }),
})

const serviceAccountPrefix = 'system:serviceaccount:'

/** The user name and groups of a ServiceAccount. */
export const toServiceAccountUser = (namespace: string, name: string): { name: string; groups: readonly string[] } => ({
  name: `${serviceAccountPrefix}${namespace}:${name}`,
  groups: serviceAccountGroups(namespace),
})
export const serviceAccountGroups = (namespace: string): readonly string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]

/** Namespace and name behind `system:serviceaccount:NAMESPACE:NAME`, if the name has that form. */
export const parseServiceAccountUser = (name: string): { namespace: string; name: string } | undefined => {
  if (!name.startsWith(serviceAccountPrefix)) return undefined
  const [namespace = '', account = '', ...rest] = name.slice(serviceAccountPrefix.length).split(':')
  const valid = !rest.length && !isDns1123Label(namespace).length && !isDns1123Subdomain(account).length
  return valid ? { namespace, name: account } : undefined
}
