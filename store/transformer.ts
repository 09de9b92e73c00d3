// What happens to a value on its way into the database and back: nothing, or encryption that authenticates the key it lies under.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Both directions are pure and quick; `key` is the whole key in the database. fromStorage throws an Error that says what is wrong. */
export interface Transformer {
  toStorage(key: string, bytes: Buffer): Buffer
  fromStorage(key: string, bytes: Buffer): Buffer
}

const encryptedMark = Buffer.from('k8s:enc:')

export const identityTransformer: Transformer = {
  toStorage: (_key, bytes) => bytes,
  fromStorage: (_key, bytes) => {
    if (bytes.subarray(0, encryptedMark.length).equals(encryptedMark)) throw new Error('it is encrypted, and no key for it is configured')
    return bytes
  },
}

export interface EncryptionKey {
  readonly name: string
  /** 16, 24 or 32 bytes. */
  readonly secret: Buffer
}

const nonceBytes = 12
const tagBytes = 16

/**
 * AES-GCM as upstream's `aesgcm` provider stores it: `k8s:enc:aesgcm:v1:<key name>:` nonce, ciphertext, tag. Writes with the first key and
 * reads with any; what has no prefix goes to `plain`, so that encryption can be switched on while unencrypted values remain.
 */
export const createAesGcmTransformer = (keys: readonly EncryptionKey[], plain: Transformer = identityTransformer): Transformer => {
  const known = keys.map(({ name, secret }) => {
    if (![16, 24, 32].includes(secret.length)) throw new RangeError(`encryption key ${name} has ${secret.length} bytes; it must have 16, 24 or 32`)
    return {
      name,
      secret,
      algorithm: `aes-${secret.length * 8}-gcm` as 'aes-256-gcm',
      prefix: Buffer.from(`k8s:enc:aesgcm:v1:${name}:`),
    }
  })
  const [writer] = known
  if (!writer) throw new RangeError('encryption needs at least one key')
  return {
    toStorage: (key, bytes) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(writer.algorithm, writer.secret, nonce).setAAD(Buffer.from(key))
      return Buffer.concat([writer.prefix, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    },
    fromStorage: (key, bytes) => {
      const reader = known.find(k => bytes.subarray(0, k.prefix.length).equals(k.prefix))
      if (!reader) return plain.fromStorage(key, bytes)
      const nonceAt = reader.prefix.length
      if (bytes.length < nonceAt + nonceBytes + tagBytes) throw new Error('its encrypted form is cut off')
      const decipher = createDecipheriv(reader.algorithm, reader.secret, bytes.subarray(nonceAt, nonceAt + nonceBytes))
      decipher.setAAD(Buffer.from(key)).setAuthTag(bytes.subarray(bytes.length - tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(nonceAt + nonceBytes, bytes.length - tagBytes)), decipher.final()])
      } catch {
        throw new Error(`it was not encrypted with key ${reader.name} for this place, or was changed since`)
      }
    },
  }
}

/** The first rule whose prefix matches decides; identity where none does. */
export const transformByPrefix = (rules: readonly { prefix: string; transformer: Transformer }[]): Transformer => {
  const choose = (key: string): Transformer => rules.find(r => key.startsWith(r.prefix))?.transformer ?? identityTransformer
  return {
    toStorage: (key, bytes) => choose(key).toStorage(key, bytes),
    fromStorage: (key, bytes) => choose(key).fromStorage(key, bytes),
  }
}
