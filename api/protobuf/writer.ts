// Writes protobuf from the last byte to the first: a message's length is known once its content is there, and nothing is copied.

export class ProtoWriter {
  #bytes: Buffer
  #at: number
  constructor(size = 4096) {
    this.#bytes = Buffer.allocUnsafe(size)
    this.#at = size
  }

  /** Bytes written so far: take it before a message's fields, and give it to `message` after them. */
  get length(): number {
    return this.#bytes.length - this.#at
  }

  finish(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  /** Makes room first: the buffer may be another one afterwards. */
  #reserve(size: number): number {
    if (this.#at < size) {
      const used = this.length
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + size))
      this.#bytes.copy(grown, grown.length - used, this.#at)
      this.#bytes = grown
      this.#at = grown.length - used
    }
    return (this.#at -= size)
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Negative numbers take ten bytes, as int32 and int64 do. */
  varint(value: number | bigint): void {
    if (typeof value === 'bigint' || value < 0 || !Number.isSafeInteger(value)) {
      this.#bigVarint(BigInt.asUintN(64, BigInt(value)))
      return
    }
    let size = 1
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
    let at = this.#reserve(size)
    let rest = value
    while (rest >= 128) {
      this.#bytes[at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[at] = rest
  }

  #bigVarint(value: bigint): void {
    const septets: number[] = []
    let rest = value
    do {
      septets.push(Number(rest & 127n) | (rest >= 128n ? 128 : 0))
      rest >>= 7n
    } while (rest > 0n)
    this.raw(Uint8Array.from(septets))
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType)
  }

  /** Closes a message whose fields were written since `before`. */
  message(number: number, before: number): void {
    this.varint(this.length - before)
    this.tag(number, 2)
  }

  bytes(number: number, value: Uint8Array): void {
    const before = this.length
    this.raw(value)
    this.message(number, before)
  }

  string(number: number, value: string): void {
    const size = Buffer.byteLength(value)
    const at = this.#reserve(size)
    this.#bytes.write(value, at, 'utf8')
    this.varint(size)
    this.tag(number, 2)
  }

  int(number: number, value: number | bigint): void {
    this.varint(value)
    this.tag(number, 0)
  }

  double(number: number, value: number): void {
    const at = this.#reserve(8)
    this.#bytes.writeDoubleLE(value, at)
    this.tag(number, 1)
  }
}
