// A bootstrap token as its Secret says it. Pure.
import { createHmac } from 'node:crypto'
import type { Secret } from '../../api/types/core-v1.ts'

export interface BootstrapToken {
  readonly id: string
  readonly secret: string
  /** Infinity: it has no end. What cannot be read as a time has ended. */
  readonly endsMs: number
  readonly signs: boolean
}

export const tokenSecretType = 'bootstrap.kubernetes.io/token'

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Undefined for a Secret that holds none, or is not named after it. */
export const readToken = (secret: Secret): BootstrapToken | undefined => {
  const value = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()
  const [id, expiration] = [value('token-id'), value('expiration')]
  if (secret.type !== tokenSecretType || !/^[a-z0-9]{6}$/.test(id) || !/^[a-z0-9]{16}$/.test(value('token-secret'))) return undefined
  if (secret.metadata.name !== `bootstrap-token-${id}`) return undefined
  const endsMs = !expiration ? Infinity : rfc3339.test(expiration) ? Date.parse(expiration) : 0
  return { id, secret: value('token-secret'), endsMs, signs: value('usage-bootstrap-signing') === 'true' }
}

/** A JWS of `content` without it (RFC 7515, appendix F): whoever has the token can tell that the content comes from who has it too. */
export const signDetached = (content: string, { id, secret }: BootstrapToken): string => {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: id })).toString('base64url')
  const signed = `${header}.${Buffer.from(content).toString('base64url')}`
  return `${header}..${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
