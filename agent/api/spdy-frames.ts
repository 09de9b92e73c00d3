// SPDY/3.1 as far as a client of containerd's streaming server needs it: all streams are opened at once, then data goes both ways until
// each side says that it has no more. Pure. There is no flow control beside TCP's: Kubernetes' implementation has none either.

const version = 0x8003
const types = { synStream: 1, synReply: 2, resetStream: 3, ping: 6, goAway: 7 } as const
const fin = 1
/** The length of a frame has 24 bits. */
const maxLength = 0xff_ffff
const maxControlBytes = 64 * 1024
const headBytes = 8

const frame = (first: number, flags: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(first, 0)
  head.writeUInt32BE(((flags << 24) | body.length) >>> 0, 4)
  return Buffer.concat([head, body])
}
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const counted = (text: string): Buffer => Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)])

/** RFC 1951's stored block: the headers of all streams are one zlib stream, which need not be compressed to be one. */
const storedBlock = (body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt16LE(body.length, 1)
  head.writeUInt16LE(~body.length & 0xffff, 3)
  return Buffer.concat([head, body])
}
/** Makes readers hand out what they have read so far. */
const flush = storedBlock(Buffer.alloc(0))
/** RFC 1950: deflate, no preset dictionary. */
const zlibHead = Buffer.from([0x78, 0x01])

/** The number of the n-th stream that a client opens. */
export const streamId = (index: number): number => 2 * index + 1

/** SYN_STREAM frames for streams with these headers, in their order. For the beginning of a connection only. */
export const openStreams = (streams: readonly Readonly<Record<string, string>>[]): Buffer =>
  Buffer.concat(
    streams.map((headers, index) => {
      const pairs = Object.entries(headers)
      const block = storedBlock(Buffer.concat([uint32(pairs.length), ...pairs.flatMap(([name, value]) => [counted(name.toLowerCase()), counted(value)])]))
      const [id, associated, priority] = [uint32(streamId(index)), uint32(0), Buffer.alloc(2)]
      return frame(version * 0x10000 + types.synStream, 0, Buffer.concat([id, associated, priority, ...(index === 0 ? [zlibHead] : []), block, flush]))
    }),
  )

/** More than a frame holds becomes several. */
export const toDataFrames = (id: number, data: Buffer): Buffer[] => {
  const frames: Buffer[] = []
  for (let at = 0; at < data.length; at += maxLength) frames.push(frame(id, 0, data.subarray(at, at + maxLength)))
  return frames
}

/** This side has no more for the stream. */
export const endOfStream = (id: number): Buffer => frame(id, fin, Buffer.alloc(0))

export interface FrameHandlers {
  /** The other side has taken the stream; spdystream drops what it was sent before. */
  opened(id: number): void
  /** A piece of a stream's data, as it arrived: frames are not put together. */
  data(id: number, piece: Buffer): void
  /** The other side has no more for the stream. */
  ended(id: number): void
  /** To be sent back as it is. */
  ping(frame: Buffer): void
  goAway(): void
}

/** Takes what was received, in pieces of any size. Throws for what is no SPDY; holds no more than one control frame. */
export const createFrameReader = (on: FrameHandlers): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  /** The data frame that is being received. */
  let open = { id: 0, left: 0, last: false }

  const takeData = (chunk: Buffer): Buffer => {
    const piece = chunk.subarray(0, open.left)
    open.left -= piece.length
    if (piece.length) on.data(open.id, piece)
    if (!open.left && open.last) on.ended(open.id)
    return chunk.subarray(piece.length)
  }
  const takeControl = (whole: Buffer): void => {
    const type = whole.readUInt16BE(2)
    if (type === types.ping) on.ping(whole)
    else if (type === types.goAway) on.goAway()
    else if (whole.length < headBytes + 4) return
    else if (type === types.synReply) on.opened(whole.readUInt32BE(headBytes) & 0x7fff_ffff)
    else if (type === types.resetStream) on.ended(whole.readUInt32BE(headBytes) & 0x7fff_ffff)
  }
  return chunk => {
    let bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk
    for (;;) {
      if (open.left) bytes = takeData(bytes)
      if (bytes.length < headBytes) break
      const [first, second] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)]
      const length = second & maxLength
      if (first < 0x8000_0000) {
        open = { id: first, left: length, last: second >>> 24 === fin }
        bytes = takeData(bytes.subarray(headBytes))
        continue
      }
      if (first >>> 16 !== version || length > maxControlBytes) throw new Error('the streaming server does not speak SPDY/3.1')
      if (bytes.length < headBytes + length) break
      takeControl(bytes.subarray(0, headBytes + length))
      bytes = bytes.subarray(headBytes + length)
    }
    rest = Buffer.from(bytes)
  }
}
