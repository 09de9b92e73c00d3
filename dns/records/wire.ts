// Looks into DNS messages without decoding them: where the times to live stand, and the least of them. Pure.

/** Offset after the name at `offset`; undefined when the message is malformed. */
const skipName = (message: Buffer, offset: number): number | undefined => {
  for (let at = offset; at < message.length;) {
    const length = message[at] ?? 0
    if (length === 0) return at + 1
    if ((length & 0xc0) === 0xc0) return at + 2
    if ((length & 0xc0) !== 0) return undefined
    at += 1 + length
  }
  return undefined
}

export interface TimesToLive {
  readonly offsets: readonly number[]
  readonly least: number
}

const optType = 41

/** Undefined for a malformed message and for one without records, whose life nothing limits. */
export const findTimesToLive = (message: Buffer): TimesToLive | undefined => {
  if (message.length < 12) return undefined
  let at: number | undefined = 12
  for (let questions = message.readUInt16BE(4); questions > 0; questions--) {
    at = skipName(message, at)
    if (at === undefined) return undefined
    at += 4
  }
  const offsets: number[] = []
  let least = Infinity
  for (let records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10); records > 0; records--) {
    at = skipName(message, at)
    if (at === undefined || at + 10 > message.length) return undefined
    if (message.readUInt16BE(at) !== optType) {
      offsets.push(at + 4)
      least = Math.min(least, message.readUInt32BE(at + 4))
    }
    at += 10 + message.readUInt16BE(at + 8)
    if (at > message.length) return undefined
  }
  return offsets.length === 0 ? undefined : { offsets, least }
}

/** A copy with another id, and every time to live lessened. */
export const withAge = (message: Buffer, { offsets }: TimesToLive, id: number, ageSeconds: number): Buffer => {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(id, 0)
  for (const offset of offsets) copy.writeUInt32BE(Math.max(0, copy.readUInt32BE(offset) - ageSeconds), offset)
  return copy
}
