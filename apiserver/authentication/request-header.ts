// A front proxy (an aggregating API server, an authenticating gateway) says in headers who its client is. It is believed because of its own
// client certificate, which an authority of its own signed.
import type { Clock } from '../../base/clock.ts'
import type { ApiRequest } from '../http/answer.ts'
import type { UserInfo } from '../user.ts'
import type { Authenticator } from './authenticator.ts'
import { requireCurrent } from './client-certificate.ts'
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

/** A request without the headers of the configured names: nobody behind us must take them for ours. */
export const createHeaderStripper = (config: RequestHeaderConfig | undefined): ((request: ApiRequest) => ApiRequest) => {
  if (!config) return request => request
  const names = new Set([...config.usernameHeaders, ...config.uidHeaders, ...config.groupHeaders].map(name => name.toLowerCase()))
  const prefixes = config.extraHeaderPrefixes.map(prefix => prefix.toLowerCase())
  const isOurs = (name: string): boolean => names.has(name) || prefixes.some(prefix => name.startsWith(prefix))
  return request => {
    if (!Object.keys(request.headers).some(isOurs)) return request
    const { headers, upgrade } = request
    const rawHeaders = upgrade?.rawHeaders.filter((_, i, all) => !isOurs(all[i - (i % 2)]!.toLowerCase()))
    return {
      ...request,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !isOurs(name))),
      ...(upgrade && rawHeaders && { upgrade: { ...upgrade, rawHeaders } }),
    }
  }
}

export const requestHeader = (config: RequestHeaderConfig, clock: Clock): Authenticator => ({
  name: 'requestheader',
  authenticate: ({ peer, headers }): UserInfo | undefined => {
    if (!peer?.trustedAs.includes('front-proxy')) return undefined
    requireCurrent(peer, clock)
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
