// Authentication: an array of authenticators is asked in order; the first that knows the user decides. Credentials that nobody accepts are
// a 401, none at all make the user anonymous.
import type { ApiRequest } from '../http/answer.ts'
import { anonymousUser, toAuthenticated, type UserInfo } from '../user.ts'
import { unauthorized } from '../errors.ts'

export interface Authenticator {
  readonly name: string
  /** undefined: nothing in the request concerns it. Throws for credentials that do not hold; those of another authenticator may. */
  authenticate(request: ApiRequest): Promise<UserInfo | undefined> | UserInfo | undefined
}

export const inProcess: Authenticator = { name: 'in-process', authenticate: ({ user }) => user }

export const authenticate = async (authenticators: readonly Authenticator[], request: ApiRequest): Promise<UserInfo> => {
  let refused = false
  for (const authenticator of authenticators) {
    try {
      const user = await authenticator.authenticate(request)
      if (user) return toAuthenticated(user)
    } catch {
      // Which of the credentials was wrong, and how, is nothing that a stranger is told.
      refused = true
    }
  }
  if (refused) throw unauthorized()
  return anonymousUser
}
