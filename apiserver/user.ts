// Who makes a request, as every stage after authentication sees it.

export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export const anonymousUser: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Adds `system:authenticated`, which every known user belongs to. */
export const toAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes('system:authenticated') ? user : { ...user, groups: [...user.groups, 'system:authenticated'] }

const serviceAccountPrefix = 'system:serviceaccount:'

/** Namespace and name behind `system:serviceaccount:NAMESPACE:NAME`, if the name has that form. */
export const parseServiceAccountUser = (name: string): { namespace: string; name: string } | undefined => {
  if (!name.startsWith(serviceAccountPrefix)) return undefined
  const parts = name.slice(serviceAccountPrefix.length).split(':')
  return parts.length === 2 && parts[0] && parts[1] ? { namespace: parts[0], name: parts[1] } : undefined
}
