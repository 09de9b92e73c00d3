// How callers are known: what the composer may set, and the values that stand where it does not.
import { defaultRequestHeaders, type RequestHeaderConfig } from './request-header.ts'

export interface AuthenticationConfig {
  readonly serviceAccounts?: {
    /** PEM texts: a private key that signs, then others (private or public) whose tokens still hold. Default: a key of this process alone. */
    readonly keys?: readonly string[]
    /** Default https://kubernetes.default.svc.cluster.local. */
    readonly issuer?: string
    /** Whom tokens are for that name no audience, and what this server accepts. Default: the issuer. */
    readonly audiences?: readonly string[]
    readonly maxExpirationSeconds?: number
    /** Let pods' tokens of an hour live for a year, for clients that do not reload them. Default true. */
    readonly extendExpiration?: boolean
  }
  /** Text of a static token file: lines of token,user,uid,"group,…". */
  readonly tokenFile?: string
  /** Our client certificate before aggregated API servers, signed by the front proxies' authority. PEM texts. */
  readonly proxyClient?: { readonly cert: string; readonly key: string }
  /** Front proxies that may say who their client is. The names of the headers have defaults. */
  readonly requestHeader?: Pick<RequestHeaderConfig, 'ca'> & Partial<RequestHeaderConfig>
}

export interface CompletedAuthentication {
  readonly serviceAccounts: {
    readonly keys: readonly string[]
    readonly issuer: string
    readonly audiences: readonly string[]
    readonly maxExpirationSeconds: number | undefined
    readonly extendExpiration: boolean
  }
  readonly tokenFile: string | undefined
  readonly requestHeader: RequestHeaderConfig | undefined
  readonly proxyClient: { readonly cert: string; readonly key: string } | undefined
}

const defaultIssuer = 'https://kubernetes.default.svc.cluster.local'

export const completeAuthentication = ({
  serviceAccounts: s = {},
  tokenFile,
  requestHeader,
  proxyClient,
}: AuthenticationConfig = {}): CompletedAuthentication => {
  const issuer = s.issuer ?? defaultIssuer
  return {
    serviceAccounts: {
      keys: s.keys ?? [],
      issuer,
      audiences: s.audiences?.length ? s.audiences : [issuer],
      maxExpirationSeconds: s.maxExpirationSeconds,
      extendExpiration: s.extendExpiration ?? true,
    },
    tokenFile,
    proxyClient,
    requestHeader: requestHeader && { ...defaultRequestHeaders, ...requestHeader },
  }
}
