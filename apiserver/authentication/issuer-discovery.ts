// What OpenID Connect clients need to verify service account tokens by themselves: the discovery document and the key set.
import { type Answer, textAnswer } from '../http/answer.ts'
import type { ServiceAccountTokens } from './service-account-tokens.ts'

export const discoveryPath = '/.well-known/openid-configuration'
export const keySetPath = '/openid/v1/jwks'

const document = (value: unknown, contentType: string): Answer => {
  const answer = textAnswer(200, JSON.stringify(value), contentType)
  answer.headers['cache-control'] = 'public, max-age=3600'
  return answer
}

/** Undefined for other paths. `address` is where clients reach this server. */
export const answerIssuerDiscovery = ({ issuer, keys }: ServiceAccountTokens, path: string, address: string): Answer | undefined => {
  if (path === keySetPath) {
    const set = keys.verification.map(({ id, algorithm, publicKey }) => ({ use: 'sig', kid: id, alg: algorithm, ...publicKey.export({ format: 'jwk' }) }))
    return document({ keys: set }, 'application/jwk-set+json')
  }
  if (path !== discoveryPath) return undefined
  return document(
    {
      issuer,
      jwks_uri: `https://${address}${keySetPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(keys.verification.map(k => k.algorithm))].sort(),
    },
    'application/json',
  )
}
