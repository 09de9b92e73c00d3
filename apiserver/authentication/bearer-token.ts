// Bearer tokens, from the Authorization header or (browsers) from a WebSocket's sub-protocols, and the authenticators of tokens in order.
import type { ApiRequest } from '../http/answer.ts'
import type { UserInfo } from '../user.ts'
import type { Authenticator } from './authenticator.ts'

export interface TokenAnswer {
  readonly user: UserInfo
  /** Those of the audiences asked for that the token is meant for. */
  readonly audiences: readonly string[]
}

export interface TokenAuthenticator {
  readonly name: string
  /** undefined: not a token of this kind. Throws, with a sentence that may be shown, for one of its kind that does not hold. */
  authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> | TokenAnswer | undefined
}

/** Throws one sentence for each authenticator that refused the token, or a general one when it is none of theirs. */
export const authenticateToken = async (authenticators: readonly TokenAuthenticator[], token: string, audiences: readonly string[]): Promise<TokenAnswer> => {
  const refusals = ['invalid bearer token']
  for (const authenticator of authenticators) {
    try {
      const answer = await authenticator.authenticate(token, audiences)
      if (answer) return answer
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(refusals.length > 1 ? `[${refusals.join(', ')}]` : refusals[0])
}

const fromAuthorization = (header: string | string[] | undefined): string | undefined => {
  const [scheme, token] = String([header ?? ''].flat()[0])
    .trim()
    .split(' ')
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined
}

export const tokenProtocolPrefix = 'base64url.bearer.authorization.k8s.io.'

/** Browsers cannot set a header on a WebSocket; there the token is one of the sub-protocols, never the only one. */
const fromProtocols = ({ headers, upgrade }: ApiRequest): string | undefined => {
  if (!upgrade || !/websocket/i.test(String(headers['upgrade'] ?? ''))) return undefined
  const protocols = String(headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map(p => p.trim())
  const tokens = protocols.filter(p => p.startsWith(tokenProtocolPrefix))
  if (!tokens.length) return undefined
  if (tokens.length > 1) throw new Error('more than one bearer token among the sub-protocols')
  if (protocols.length < 2) throw new Error('a bearer token needs another sub-protocol beside it')
  const encoded = tokens[0]!.slice(tokenProtocolPrefix.length)
  const token = Buffer.from(encoded, 'base64url')
  if (!token.length || token.toString('base64url') !== encoded) throw new Error('the bearer token among the sub-protocols is no base64url')
  return token.toString()
}

export const bearerToken = (authenticators: readonly TokenAuthenticator[], audiences: readonly string[]): Authenticator => ({
  name: 'bearer-token',
  authenticate: async request => {
    const token = fromAuthorization(request.headers['authorization']) ?? fromProtocols(request)
    return token === undefined ? undefined : (await authenticateToken(authenticators, token, audiences)).user
  },
})
