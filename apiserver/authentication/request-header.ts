// A front proxy (an aggregating API server, an authenticating gateway) says in headers who its client is. It is believed because of its own
// client certificate, which an authority of its own signed.
import type { ApiRequest } from '../http/answer.ts'
import type { UserInfo } from '../user.ts'
import type { Authenticator } from './authenticator.ts'
import { extraFrom, headerValues } from './identity-headers.ts'

export interface RequestHeaderConfig {
  /** PEM of the authority that signs front proxies' certificates. */
  readonly ca: string
  /** Common names that may speak for others; empty: whoever the authority signed for. */
  readonly allowedNames: readonly string[]
  readonly usernameHeaders: readonly string[]
  readonly uidHeaders: readonly string[]
  readonly groupHeaders: readonly string[]
  readonly extraHeaderPrefixes: readonly string[]
}

/** The names that kubeadm configures and all known front proxies use. */
export const defaultRequestHeaders = {
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraHeaderPrefixes: ['X-Remote-Extra-'],
} as const

const firstValue = (headers: ApiRequest['headers'], names: readonly string[]): string | undefined =>
  names.map(name => headerValues(headers, name)[0]).find(value => value)

export const requestHeader = (config: RequestHeaderConfig): Authenticator => ({
  name: 'requestheader',
  authenticate: ({ peer, headers }): UserInfo | undefined => {
    if (!peer?.trustedAs.includes('front-proxy')) return undefined
    if (config.allowedNames.length && !config.allowedNames.includes(peer.commonName)) return undefined
    const name = firstValue(headers, config.usernameHeaders)
    if (!name) return undefined
    const uid = firstValue(headers, config.uidHeaders)
    const extra: Record<string, string[]> = {}
    for (const prefix of config.extraHeaderPrefixes) Object.assign(extra, extraFrom(headers, prefix))
    return {
      name,
      ...(uid && { uid }),
      groups: config.groupHeaders.flatMap(header => headerValues(headers, header)),
      ...(Object.keys(extra).length && { extra }),
    }
  },
})
