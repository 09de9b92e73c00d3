import { inflateSync, constants } from 'node:zlib'
import t from 'tap'
import { createFrameReader, endOfStream, openStreams, streamId, toDataFrames } from '../../../../agent/api/spdy-frames.ts'

/** Every frame's head and body, as any SPDY/3.1 reader splits them. */
const split = (bytes: Buffer): { control: boolean; type: number; id: number; flags: number; body: Buffer }[] => {
  const frames = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUIntBE(at + 5, 3)
    const control = (bytes[at]! & 0x80) !== 0
    const body = bytes.subarray(at + 8, at + 8 + length)
    frames.push({ control, type: bytes.readUInt16BE(at + 2), id: control ? body.readUInt32BE(0) : bytes.readUInt32BE(at), flags: bytes[at + 4]!, body })
    at += 8 + length
  }
  return frames
}

await t.test('streams are opened with headers that are one zlib stream', async t => {
  const frames = split(openStreams([{ streamType: 'error' }, { streamType: 'stdin', x: '' }]))
  t.match(frames, [
    { control: true, type: 1, id: 1, flags: 0 },
    { control: true, type: 1, id: 3, flags: 0 },
  ])
  t.equal(streamId(1), 3)
  const text = inflateSync(Buffer.concat(frames.map(f => f.body.subarray(10))), { finishFlush: constants.Z_SYNC_FLUSH })
  const block = (...words: (string | number)[]): Buffer =>
    Buffer.concat(
      words.map(word => {
        const head = Buffer.alloc(4)
        head.writeUInt32BE(typeof word === 'number' ? word : word.length)
        return Buffer.concat([head, Buffer.from(typeof word === 'number' ? '' : word)])
      }),
    )
  t.same(text, block(1, 'streamtype', 'error', 2, 'streamtype', 'stdin', 'x', ''))
})

await t.test('data is cut to what a frame holds; its end is a flag', async t => {
  const frames = split(Buffer.concat([...toDataFrames(5, Buffer.alloc(0x100_0001, 7)), endOfStream(5)]))
  t.same(
    frames.map(f => [f.control, f.id, f.flags, f.body.length]),
    [
      [false, 5, 0, 0xff_ffff],
      [false, 5, 0, 2],
      [false, 5, 1, 0],
    ],
  )
})

await t.test('frames are read from pieces of any size', async t => {
  const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2])
  const reset = Buffer.from([0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 5])
  const goAway = Buffer.from([0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0])
  const reply = Buffer.from([0x80, 3, 0, 2, 0, 0, 0, 5, 0, 0, 0, 1, 9])
  const last = toDataFrames(3, Buffer.from('!'))[0]!
  last[4] = 1
  const bytes = Buffer.concat([reply, ...toDataFrames(3, Buffer.from('hello')), ping, endOfStream(1), last, reset, goAway])
  for (const size of [1, 3, 8, 1000]) {
    const seen: string[] = []
    let text = ''
    const read = createFrameReader({
      opened: id => seen.push(`open ${id}`),
      data: (id, piece) => {
        t.equal(id, 3)
        text += piece.toString()
      },
      ended: id => seen.push(`end ${id} after ${text}`),
      ping: frame => {
        t.same(frame, ping)
        seen.push('ping')
      },
      goAway: () => seen.push('away'),
    })
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    t.same(seen, ['open 1', 'ping', 'end 1 after hello', 'end 3 after hello!', 'end 7 after hello!', 'away'])
  }
})

await t.test('what is no SPDY is refused before it fills the memory', async t => {
  const read = createFrameReader({ opened: () => undefined, data: () => undefined, ended: () => undefined, ping: () => undefined, goAway: () => undefined })
  t.throws(() => read(Buffer.from('\x80\x02 something else')), /SPDY/)
  t.throws(() => read(Buffer.from([0x80, 3, 0, 2, 0, 0xff, 0xff, 0xff])), /SPDY/)
})
