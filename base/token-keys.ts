// The keys of service account tokens: the first signs, all verify, so that keys can be replaced while old tokens still live.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface VerificationKey {
  /** As upstream computes it, so that tokens and key sets of either can be read by the other. */
  readonly id: string
  readonly algorithm: string
  readonly publicKey: KeyObject
}

export interface SigningKey extends VerificationKey {
  readonly privateKey: KeyObject
}

export interface TokenKeys {
  readonly signing: SigningKey
  readonly verification: readonly VerificationKey[]
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

/** A key fixes the algorithm; what a token's header says is never believed. */
const algorithmOf = (key: KeyObject): string => {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  const algorithm = curves[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (!algorithm) throw new Error(`service account keys are RSA or NIST elliptic curve keys, not ${key.asymmetricKeyType ?? 'that'}`)
  return algorithm
}

const toVerificationKey = (publicKey: KeyObject): VerificationKey => ({
  id: createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url'),
  algorithm: algorithmOf(publicKey),
  publicKey,
})

/** PEM texts, the first a private key; the others may be private, public or certificates. None: a key of this process alone. */
export const readTokenKeys = (pems: readonly string[]): TokenKeys => {
  const [first, ...others] = pems
  const privateKey = first === undefined ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : createPrivateKey(first)
  const signing = { ...toVerificationKey(createPublicKey(privateKey)), privateKey }
  const verification: VerificationKey[] = [signing]
  for (const pem of others) {
    const key = toVerificationKey(createPublicKey(pem))
    if (!verification.some(known => known.id === key.id)) verification.push(key)
  }
  return { signing, verification }
}
