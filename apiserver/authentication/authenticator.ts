// Authentication: an array of authenticators is asked in order. Each knows the user, has nothing to say, or refuses (401).
import type { ApiRequest } from '../http/answer.ts'
import { anonymousUser, toAuthenticated, type UserInfo } from '../user.ts'
import { unauthorized } from '../errors.ts'

export interface Authenticator {
  readonly name: string
  /** undefined: nothing in the request concerns it. Throws 401 for credentials that do not hold. */
  authenticate(request: ApiRequest): Promise<UserInfo | undefined> | UserInfo | undefined
}

export const clientCertificate: Authenticator = {
  name: 'x509',
  authenticate: ({ peer }) => {
    if (peer === 'untrusted') throw unauthorized()
    return peer
  },
}

export const inProcess: Authenticator = { name: 'in-process', authenticate: ({ user }) => user }

/** No authenticator understands bearer tokens yet: one that is sent is refused rather than ignored. */
export const noTokens: Authenticator = {
  name: 'token',
  authenticate: ({ headers }) => {
    if (/^bearer /i.test(String(headers['authorization'] ?? ''))) throw unauthorized()
    return undefined
  },
}

export const createAuthenticators = (): readonly Authenticator[] => [inProcess, clientCertificate, noTokens]

export const authenticate = async (authenticators: readonly Authenticator[], request: ApiRequest): Promise<UserInfo> => {
  for (const authenticator of authenticators) {
    const user = await authenticator.authenticate(request)
    if (user) return toAuthenticated(user)
  }
  return anonymousUser
}
