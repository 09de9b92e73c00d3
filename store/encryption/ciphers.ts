// The ciphers under which values may lie, in upstream's byte forms. Each seals one value; the prefix that names cipher and key is not theirs.
import { createCipheriv, createDecipheriv, randomBytes, type CipherGCMTypes } from 'node:crypto'
import { openSecretbox, sealSecretbox } from './secretbox.ts'

export interface Cipher {
  /** The provider's name in EncryptionConfiguration, and in the stored prefix. */
  readonly id: string
  /** Lengths that a key may have, in bytes. */
  readonly secretBytes: readonly number[]
  /** `place` is the key in the database: authenticated with the value where the cipher can do so. */
  seal(secret: Buffer, bytes: Buffer, place: string): Buffer
  /** Throws for what was not sealed with this key, or was changed since. */
  open(secret: Buffer, sealed: Buffer, place: string): Buffer
}

const gcmNonceBytes = 12
const gcmTagBytes = 16
const gcmOf = (secret: Buffer): CipherGCMTypes => `aes-${secret.length * 8}-gcm` as CipherGCMTypes

/** Nonce, ciphertext, tag. */
const aesGcm: Cipher = {
  id: 'aesgcm',
  secretBytes: [16, 24, 32],
  seal: (secret, bytes, place) => {
    const nonce = randomBytes(gcmNonceBytes)
    const cipher = createCipheriv(gcmOf(secret), secret, nonce).setAAD(Buffer.from(place))
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  },
  open: (secret, sealed, place) => {
    if (sealed.length < gcmNonceBytes + gcmTagBytes) throw new RangeError('too short')
    const tagAt = sealed.length - gcmTagBytes
    const decipher = createDecipheriv(gcmOf(secret), secret, sealed.subarray(0, gcmNonceBytes))
    decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt))
    return Buffer.concat([decipher.update(sealed.subarray(gcmNonceBytes, tagAt)), decipher.final()])
  },
}

const cbcBlockBytes = 16
const cbcOf = (secret: Buffer): string => `aes-${secret.length * 8}-cbc`

/** Initialisation vector, padded ciphertext. Not authenticated: for values that an upstream server wrote so. */
const aesCbc: Cipher = {
  id: 'aescbc',
  secretBytes: [16, 24, 32],
  seal: (secret, bytes) => {
    const vector = randomBytes(cbcBlockBytes)
    const cipher = createCipheriv(cbcOf(secret), secret, vector)
    return Buffer.concat([vector, cipher.update(bytes), cipher.final()])
  },
  open: (secret, sealed) => {
    const decipher = createDecipheriv(cbcOf(secret), secret, sealed.subarray(0, cbcBlockBytes))
    return Buffer.concat([decipher.update(sealed.subarray(cbcBlockBytes)), decipher.final()])
  },
}

const secretbox: Cipher = { id: 'secretbox', secretBytes: [32], seal: sealSecretbox, open: openSecretbox }

export const ciphers: readonly Cipher[] = [aesGcm, aesCbc, secretbox]
