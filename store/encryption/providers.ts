// A list of providers as one transformer: the first writes, each reads what bears its mark, `k8s:enc:PROVIDER:v1:KEY:`. So keys and ciphers
// rotate, and encryption can be switched on and off while older values remain.
import { identityTransformer, isEncrypted, type Transformer } from '../transformer.ts'
import type { Cipher } from './ciphers.ts'

export interface EncryptionKey {
  readonly name: string
  /** As long as the cipher wants it. */
  readonly secret: Buffer
}

export type Provider = { readonly cipher: Cipher; readonly keys: readonly EncryptionKey[] } | 'identity'

interface Sealer extends Transformer {
  readonly mark: Buffer
}

const createSealer = (cipher: Cipher, { name, secret }: EncryptionKey): Sealer => {
  if (!cipher.secretBytes.includes(secret.length))
    throw new RangeError(`encryption key ${name} has ${secret.length} bytes; ${cipher.id} wants ${cipher.secretBytes.join(', ')}`)
  const mark = Buffer.from(`k8s:enc:${cipher.id}:v1:${name}:`)
  return {
    mark,
    toStorage: (key, bytes) => Buffer.concat([mark, cipher.seal(secret, bytes, key)]),
    fromStorage: (key, bytes) => {
      try {
        return cipher.open(secret, bytes.subarray(mark.length), key)
      } catch {
        throw new Error(`it was not encrypted with key ${name} for this place, or was changed since`)
      }
    },
  }
}

export const createProvidersTransformer = (providers: readonly Provider[]): Transformer => {
  const sealers = providers.flatMap(p => (p === 'identity' ? [] : p.keys.map(key => createSealer(p.cipher, key))))
  const readsPlain = providers.includes('identity')
  const [first] = providers
  if (first === undefined) throw new RangeError('encryption needs at least one provider')
  const writer = first === 'identity' ? identityTransformer : sealers[0]
  if (!writer) throw new RangeError('encryption needs at least one key')
  return {
    toStorage: (key, bytes) => writer.toStorage(key, bytes),
    fromStorage: (key, bytes) => {
      const reader = sealers.find(s => bytes.subarray(0, s.mark.length).equals(s.mark))
      if (reader) return reader.fromStorage(key, bytes)
      if (!readsPlain && !isEncrypted(bytes)) throw new Error('it is not encrypted, and the configuration has no identity provider to read it')
      return identityTransformer.fromStorage(key, bytes)
    },
  }
}
