// What happens to a value on its way into the database and back: nothing, or encryption (store/encryption/).

/** Both directions are pure and quick; `key` is the whole key in the database. fromStorage throws an Error that says what is wrong. */
export interface Transformer {
  toStorage(key: string, bytes: Buffer): Buffer
  fromStorage(key: string, bytes: Buffer): Buffer
}

const encryptedMark = Buffer.from('k8s:enc:')

export const isEncrypted = (bytes: Buffer): boolean => bytes.subarray(0, encryptedMark.length).equals(encryptedMark)

export const identityTransformer: Transformer = {
  toStorage: (_key, bytes) => bytes,
  fromStorage: (_key, bytes) => {
    if (isEncrypted(bytes)) throw new Error('it is encrypted, and no key for it is configured')
    return bytes
  },
}
