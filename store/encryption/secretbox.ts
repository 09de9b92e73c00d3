// NaCl's secretbox, XSalsa20 with Poly1305, which node:crypto does not have: nonce (24 bytes), tag (16), ciphertext. For values of a cluster
// whose EncryptionConfiguration says so; a few MB per second, where AES-GCM does hundreds.
import { randomBytes, timingSafeEqual } from 'node:crypto'

const nonceBytes = 24
const tagBytes = 16
const blockBytes = 64
/** What the first block of the key stream gives to Poly1305; the message is enciphered with the rest. */
const oneTimeKeyBytes = 32

const sigma = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const

const wordsOf = (bytes: Buffer): number[] => Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4))

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

/** The indices (target, first, second) and the rotations of one double round: columns, then rows. */
const quarters: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
]

/** Twenty rounds over the 16 words of `x`, in place. */
const mix = (x: Uint32Array): void => {
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of quarters) {
      x[b]! ^= rotate(x[a]! + x[d]!, 7)
      x[c]! ^= rotate(x[b]! + x[a]!, 9)
      x[d]! ^= rotate(x[c]! + x[b]!, 13)
      x[a]! ^= rotate(x[d]! + x[c]!, 18)
    }
  }
}

const stateOf = (key: readonly number[], input: readonly number[]): Uint32Array =>
  Uint32Array.of(sigma[0], ...key.slice(0, 4), sigma[1], ...input, sigma[2], ...key.slice(4), sigma[3])

/** HSalsa20: the key under which Salsa20 runs for the first 16 bytes of the nonce. */
const subkeyOf = (secret: Buffer, nonce: Buffer): number[] => {
  const x = stateOf(wordsOf(secret), wordsOf(nonce.subarray(0, 16)))
  mix(x)
  return [0, 5, 10, 15, 6, 7, 8, 9].map(i => x[i]!)
}

const keyStream = (secret: Buffer, nonce: Buffer, length: number): Buffer => {
  const key = subkeyOf(secret, nonce)
  const tail = wordsOf(nonce.subarray(16))
  const stream = Buffer.alloc(Math.ceil(length / blockBytes) * blockBytes)
  for (let block = 0; block * blockBytes < length; block++) {
    const start = stateOf(key, [...tail, block, 0])
    const x = Uint32Array.from(start)
    mix(x)
    for (let i = 0; i < 16; i++) stream.writeUInt32LE((x[i]! + start[i]!) >>> 0, block * blockBytes + i * 4)
  }
  return stream
}

const littleEndian = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

const prime = (1n << 130n) - 5n
const clamp = 0x0ffffffc0ffffffc0ffffffc0fffffffn

const authenticate = (key: Buffer, message: Buffer): Buffer => {
  const r = littleEndian(key.subarray(0, 16)) & clamp
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const part = message.subarray(at, at + 16)
    sum = ((sum + littleEndian(part) + (1n << BigInt(part.length * 8))) * r) % prime
  }
  const tag = (sum + littleEndian(key.subarray(16))) & ((1n << 128n) - 1n)
  return Buffer.from(tag.toString(16).padStart(tagBytes * 2, '0'), 'hex').reverse()
}

/** `bytes` under the key stream; the same for both directions. */
const applyStream = (bytes: Buffer, stream: Buffer): Buffer => {
  const result = Buffer.allocUnsafe(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i]! ^ stream[oneTimeKeyBytes + i]!
  return result
}

/** `nonce` is for tests against published vectors. */
export const sealWith = (secret: Buffer, nonce: Buffer, bytes: Buffer): Buffer => {
  const stream = keyStream(secret, nonce, oneTimeKeyBytes + bytes.length)
  const sealed = applyStream(bytes, stream)
  return Buffer.concat([nonce, authenticate(stream.subarray(0, oneTimeKeyBytes), sealed), sealed])
}

export const sealSecretbox = (secret: Buffer, bytes: Buffer): Buffer => sealWith(secret, randomBytes(nonceBytes), bytes)

/** Throws when the tag is not that of these bytes under this key. */
export const openSecretbox = (secret: Buffer, sealed: Buffer): Buffer => {
  if (sealed.length < nonceBytes + tagBytes) throw new RangeError('too short')
  const hidden = sealed.subarray(nonceBytes + tagBytes)
  const stream = keyStream(secret, sealed.subarray(0, nonceBytes), oneTimeKeyBytes + hidden.length)
  const tag = authenticate(stream.subarray(0, oneTimeKeyBytes), hidden)
  if (!timingSafeEqual(tag, sealed.subarray(nonceBytes, nonceBytes + tagBytes))) throw new Error('the tag does not fit')
  return applyStream(hidden, stream)
}
