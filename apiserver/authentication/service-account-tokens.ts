// Tokens of ServiceAccounts: signed here, and believed only as long as what they are bound to exists. Both forms that upstream knows:
// bound tokens (TokenRequest), and those without an end that legacy Secrets hold.
import { randomUUID } from 'node:crypto'
import type { CryptoKey, JWTPayload } from 'jose'
import type { KubeObject } from '../../api/object.ts'
import type { Clock } from '../../base/clock.ts'
import type { TokenKeys } from '../../base/token-keys.ts'
import type { Store } from '../../store/store.ts'
import { lookUp } from '../admission/look-up.ts'
import { reconcileObject } from '../own-objects.ts'
import type { ResourceTable } from '../resource-table.ts'
import { credentialIdKey, parseServiceAccountUser, toServiceAccountUser, type UserInfo } from '../user.ts'
import type { TokenAuthenticator } from './bearer-token.ts'

export interface Reference {
  readonly name: string
  readonly uid?: string
}

/** What the private claim `kubernetes.io` says. */
export interface BoundTo {
  readonly namespace: string
  readonly serviceaccount: Reference
  readonly pod?: Reference
  readonly node?: Reference
  readonly secret?: Reference
  /** Seconds since 1970: a client that still uses the token after it does not reload its file. */
  readonly warnafter?: number
}

export interface ServiceAccountTokens extends TokenAuthenticator {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly keys: TokenKeys
  sign(bound: BoundTo, audiences: readonly string[], lifeSeconds: number, nowMs: number): Promise<string>
}

export interface ServiceAccountTokensDeps {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly keys: TokenKeys
  readonly store: Store
  readonly table: ResourceTable
  readonly clock: Clock
}

export const legacyIssuer = 'kubernetes/serviceaccount'
const legacy = {
  namespace: 'kubernetes.io/serviceaccount/namespace',
  secret: 'kubernetes.io/serviceaccount/secret.name',
  account: 'kubernetes.io/serviceaccount/service-account.name',
  uid: 'kubernetes.io/serviceaccount/service-account.uid',
} as const

const lastUsedLabel = 'kubernetes.io/legacy-token-last-used'

/** Clocks may differ that much, and what was deleted that lately still counts. */
const leewaySeconds = 60
/** Signatures that were verified; what a token is bound to is looked at every time. */
const maxRemembered = 1000

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined

/** The middle part of a token, unverified: only to see whose token it wants to be. */
const peek = (token: string): JWTPayload | undefined => {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  try {
    return asObject(JSON.parse(Buffer.from(parts[1]!, 'base64url').toString()))
  } catch {
    return undefined
  }
}

const toReference = (value: unknown): Reference | undefined => {
  const found = asObject(value)
  return found && { name: text(found['name']), uid: text(found['uid']) }
}

const invalidated = (): Error => new Error('service account token has been invalidated')

export const createServiceAccountTokens = ({ issuer, audiences: ours, keys, store, table, clock }: ServiceAccountTokensDeps): ServiceAccountTokens => {
  const remembered = new Map<string, JWTPayload>()

  const verify = async (token: string): Promise<JWTPayload> => {
    const known = remembered.get(token)
    if (known) return known
    const { compactVerify, decodeProtectedHeader } = await import('jose')
    const { kid } = decodeProtectedHeader(token)
    const named = keys.verification.filter(key => key.id === kid)
    for (const { publicKey, algorithm } of named.length ? named : keys.verification) {
      const verified = await compactVerify(token, publicKey as unknown as CryptoKey, { algorithms: [algorithm] }).catch(() => undefined)
      if (!verified) continue
      const claims = asObject(JSON.parse(Buffer.from(verified.payload).toString()))
      if (!claims) break
      if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value!)
      remembered.set(token, claims)
      return claims
    }
    throw new Error('the signature of the service account token does not hold')
  }

  const checkTimes = ({ exp, nbf, iat }: JWTPayload): void => {
    const now = clock.now() / 1000
    if (nbf !== undefined && now + leewaySeconds < nbf) throw new Error('service account token is not valid yet')
    if (exp !== undefined && now - leewaySeconds > exp) throw new Error('service account token has expired')
    if (iat !== undefined && now + leewaySeconds < iat) throw new Error('service account token is not valid yet')
  }

  /** The object, if it is there, is not on its way out, and is the one that is meant. */
  const requireSame = async (id: string, namespace: string, { name, uid }: Reference, fail: () => Error): Promise<KubeObject> => {
    const object = name ? await lookUp(store, table.stored(id).keyOf(namespace, name)) : undefined
    const deletedAt = object?.metadata.deletionTimestamp
    if (!object || (deletedAt !== undefined && Date.parse(deletedAt) < clock.now() - leewaySeconds * 1000)) throw fail()
    if (object.metadata.uid !== uid) throw fail()
    return object
  }

  const judgeBound = async (claims: JWTPayload): Promise<UserInfo> => {
    checkTimes(claims)
    const bound = asObject(claims['kubernetes.io']) ?? {}
    const namespace = text(bound['namespace'])
    const account = toReference(bound['serviceaccount']) ?? { name: '', uid: '' }
    await requireSame('serviceaccounts', namespace, account, () => new Error(`service account ${namespace}/${account.name} is not the one of the token`))
    const [secret, pod, node] = ['secret', 'pod', 'node'].map(key => toReference(bound[key]))
    if (secret) await requireSame('secrets', namespace, secret, invalidated)
    if (pod) await requireSame('pods', namespace, pod, invalidated)
    // A pod's token tells its node, and does not end with it.
    if (node && !pod) await requireSame('nodes', '', node, invalidated)
    const extra: Record<string, string[]> = {}
    const tell = (key: string, value: string | undefined): void => {
      if (value) extra[`authentication.kubernetes.io/${key}`] = [value]
    }
    tell('pod-name', pod?.name)
    tell('pod-uid', pod?.uid)
    tell('node-name', node?.name)
    tell('node-uid', node?.uid)
    if (claims.jti) extra[credentialIdKey] = [`JTI=${claims.jti}`]
    return { ...toServiceAccountUser(namespace, account.name), ...(account.uid && { uid: account.uid }), ...(Object.keys(extra).length && { extra }) }
  }

  /** Keys of Secrets that are being written. */
  const noting = new Set<string>()
  /** On the day of its first use, that the token was used: who cleans up old ones goes by it. That it cannot be noted keeps nobody out. */
  const noteUse = async ({ metadata }: KubeObject): Promise<void> => {
    const served = table.stored('secrets')
    const key = served.keyOf(metadata.namespace ?? '', metadata.name ?? '')
    const today = new Date(clock.now()).toISOString().slice(0, 10)
    if (metadata.labels?.[lastUsedLabel] === today || noting.has(key)) return
    noting.add(key)
    const note = (current: KubeObject | undefined): KubeObject | undefined =>
      current?.metadata.uid === metadata.uid
        ? { ...current!, metadata: { ...current!.metadata, labels: { ...current!.metadata.labels, [lastUsedLabel]: today } } }
        : undefined
    await reconcileObject({ store, clock }, served, key, note)
      .catch(() => undefined)
      .finally(() => noting.delete(key))
  }
  const judgeLegacy = async (token: string, claims: JWTPayload): Promise<UserInfo> => {
    checkTimes(claims)
    const [namespace, secretName, name, uid] = [legacy.namespace, legacy.secret, legacy.account, legacy.uid].map(key => text(claims[key]))
    const subject = parseServiceAccountUser(claims.sub ?? '')
    if (!namespace || !secretName || !name || !uid || subject?.namespace !== namespace || subject.name !== name) throw new Error('sub claim is invalid')
    const secret = await lookUp<KubeObject & { data?: Record<string, string> }>(store, table.stored('secrets').keyOf(namespace, secretName))
    if (!secret || secret.metadata.deletionTimestamp !== undefined) throw new Error('Token has been invalidated')
    if (Buffer.from(secret.data?.['token'] ?? '', 'base64').toString() !== token) throw new Error("Token does not match server's copy")
    if (secret.metadata.labels?.['kubernetes.io/legacy-token-invalid-since'] !== undefined) throw new Error('the token in the Secret has been marked invalid')
    await requireSame('serviceaccounts', namespace, { name, uid }, () => new Error(`service account ${namespace}/${name} is not the one of the token`))
    await noteUse(secret)
    return { ...toServiceAccountUser(namespace, name), uid }
  }

  return {
    name: 'service-account-token',
    issuer,
    audiences: ours,
    keys,
    sign: async (bound, audiences, lifeSeconds, nowMs) => {
      const { SignJWT } = await import('jose')
      const now = Math.floor(nowMs / 1000)
      return new SignJWT({ 'aud': [...audiences], 'kubernetes.io': bound })
        .setProtectedHeader({ alg: keys.signing.algorithm, kid: keys.signing.id })
        .setIssuer(issuer)
        .setSubject(toServiceAccountUser(bound.namespace, bound.serviceaccount.name).name)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifeSeconds)
        .setJti(randomUUID())
        .sign(keys.signing.privateKey)
    },
    authenticate: async (token, wanted) => {
      const claimed = peek(token)?.iss
      if (claimed !== issuer && claimed !== legacyIssuer) return undefined
      const claims = await verify(token)
      // Tokens without audiences are for this server: the legacy ones.
      const meant = claims.aud === undefined ? ours : [claims.aud].flat()
      const audiences = meant.filter(a => wanted.includes(a))
      if (!audiences.length) throw new Error(`token audiences ${JSON.stringify(meant)} is invalid for the target audiences ${JSON.stringify(wanted)}`)
      return { user: await (claimed === issuer ? judgeBound(claims) : judgeLegacy(token, claims)), audiences }
    },
  }
}
