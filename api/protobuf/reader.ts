// Reads protobuf's wire format; throws ProtobufError on what is none.

export class ProtobufError extends Error {
  override name = 'ProtobufError'
}

/** A field as it lies on the wire: a number for varints, else bytes (eight of them, little-endian, for a double). */
export type WireValue = number | bigint | Buffer

export class ProtoReader {
  readonly #bytes: Buffer
  #at = 0
  #number = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The number of the field that the last `next` gave. */
  get number(): number {
    return this.#number
  }

  /** The next field's value, or undefined at the end. */
  next(): WireValue | undefined {
    if (this.#at >= this.#bytes.length) return undefined
    const tag = Number(this.#varint())
    this.#number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        return this.#varint()
      case 1:
        return this.#take(8)
      case 2:
        return this.#take(Number(this.#varint()))
      case 5:
        return this.#take(4)
      default:
        throw new ProtobufError(`wire type ${tag % 8} is not used by Kubernetes`)
    }
  }

  #take(size: number): Buffer {
    if (this.#at + size > this.#bytes.length) throw new ProtobufError('unexpected end of message')
    return this.#bytes.subarray(this.#at, (this.#at += size))
  }

  #varint(): number | bigint {
    let value = 0
    let scale = 1
    for (let i = 0; i < 7; i++, scale *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new ProtobufError('unexpected end of message')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    let big = BigInt(value)
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new ProtobufError('unexpected end of message')
      big |= BigInt(byte & 127) << shift
      if (byte < 128) {
        const signed = BigInt.asIntN(64, big)
        return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(signed) : signed
      }
    }
    throw new ProtobufError('a varint is too long')
  }
}
