// The authenticators in the order in which they are asked, as upstream has them, and what else of the server needs to know tokens.
import type { Clock } from '../../base/clock.ts'
import { readTokenKeys } from '../../base/token-keys.ts'
import type { Store } from '../../store/store.ts'
import type { CompletedConfig } from '../config.ts'
import type { ApiRequest } from '../http/answer.ts'
import type { ResourceTable } from '../resource-table.ts'
import { toAuthenticated } from '../user.ts'
import { type Authenticator, inProcess } from './authenticator.ts'
import { authenticateToken, bearerToken, type TokenAnswer, type TokenAuthenticator } from './bearer-token.ts'
import { bootstrapTokens } from './bootstrap-tokens.ts'
import { clientCertificate } from './client-certificate.ts'
import { createHeaderStripper, requestHeader } from './request-header.ts'
import { createServiceAccountTokens, type ServiceAccountTokens } from './service-account-tokens.ts'
import { staticTokens } from './static-tokens.ts'

export interface Authentication {
  readonly authenticators: readonly Authenticator[]
  readonly tokens: ServiceAccountTokens
  /** The request without headers that only front proxies may set; to be used once it is known who asks. */
  strip(request: ApiRequest): ApiRequest
  /** Who a token stands for. Throws one sentence when it does not hold for any of the audiences (none: this server's own). */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenAnswer>
}

export const createAuthentication = (config: CompletedConfig, deps: { store: Store; table: ResourceTable; clock: Clock }): Authentication => {
  const { serviceAccounts, tokenFile, requestHeader: frontProxy } = config.authentication
  const tokens = createServiceAccountTokens({ ...deps, ...serviceAccounts, keys: readTokenKeys(serviceAccounts.keys) })
  const tokenAuthenticators: readonly TokenAuthenticator[] = [...(tokenFile === undefined ? [] : [staticTokens(tokenFile)]), tokens, bootstrapTokens(deps)]
  return {
    tokens,
    strip: createHeaderStripper(frontProxy),
    reviewToken: (token, audiences) =>
      authenticateToken(tokenAuthenticators, token, audiences.length ? audiences : tokens.audiences).then(answer => ({
        ...answer,
        user: toAuthenticated(answer.user),
      })),
    authenticators: [
      inProcess,
      ...(frontProxy ? [requestHeader(frontProxy, deps.clock)] : []),
      clientCertificate(deps.clock),
      bearerToken(tokenAuthenticators, tokens.audiences),
    ],
  }
}
