// The client against HTTP/2 servers that answer as gRPC servers do, well and badly.
import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { GrpcConnection, GrpcError, grpcCodes, type GrpcStreamHandler } from '../../../base/grpc-connection.ts'

const frame = (text: string): Buffer => {
  const message = Buffer.from(text)
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

const answer = (stream: ServerHttp2Stream, text: string, trailers: Record<string, string> = { 'grpc-status': '0' }): void => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.end(frame(text))
}

interface Peer {
  readonly server: Http2Server
  readonly url: string
  readonly sessions: Set<ServerHttp2Session>
  /** Connections so far. */
  readonly opened: number
}

const startPeer = async (t: Test, onStream: (stream: ServerHttp2Stream, path: string) => void | Promise<void>, port = 0): Promise<Peer> => {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer()
  let opened = 0
  server.on('session', session => {
    opened++
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined)
    void onStream(stream, String(headers[':path']))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    get opened() {
      return opened
    },
  }
}

const open = (t: Test, url: string): GrpcConnection => {
  const connection = new GrpcConnection({ url })
  t.teardown(() => connection.close())
  return connection
}

const plain = { timeoutMs: 5_000, wait: true }
const failureOf = async (call: Promise<unknown>): Promise<GrpcError> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GrpcError)) throw new Error('no GrpcError', { cause: error })
  return error
}

void t.test('a call: the message goes there framed, the answer comes back without its frame', async t => {
  const peer = await startPeer(t, stream => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => answer(stream, `got ${Buffer.concat(chunks).toString('hex')}`))
  })
  const connection = open(t, peer.url)
  t.equal((await connection.unary('/s/M', Buffer.from('abc'), plain)).toString(), 'got 0000000003616263')
  const many = await Promise.all(Array.from({ length: 50 }, (_, i) => connection.unary('/s/M', Buffer.from([i]), plain)))
  t.equal(many.length, 50)
  t.equal(peer.sessions.size, 1, 'over one connection')
})

void t.test('many large messages at once', async t => {
  const peer = await startPeer(t, stream => {
    let bytes = 0
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    stream.on('end', () => answer(stream, String(bytes)))
  })
  const connection = open(t, peer.url)
  const size = 1_500_000
  const answers = await Promise.all(Array.from({ length: 30 }, () => connection.unary('/s/M', Buffer.alloc(size), { timeoutMs: 20_000, wait: true })))
  t.strictSame([...new Set(answers.map(String))], [String(size + 5)])
})

void t.test('what the server refuses', async t => {
  const peer = await startPeer(t, (stream, path) => {
    if (path === '/late') answer(stream, 'x', { 'grpc-status': '11', 'grpc-message': 'has been compacted %25' })
    else if (path === '/only') stream.respond({ ':status': 200, 'grpc-status': '8', 'grpc-message': 'database space exceeded' }, { endStream: true })
    else if (path === '/http') stream.respond({ ':status': 503 }, { endStream: true })
    else if (path === '/empty') stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true })
    else if (path === '/refused') stream.close(7)
    else stream.close(2)
  })
  const connection = open(t, peer.url)
  const fail = (path: string): Promise<GrpcError> => failureOf(connection.unary(path, Buffer.alloc(0), plain))
  t.match(await fail('/late'), { code: grpcCodes.outOfRange, details: 'has been compacted %' })
  t.match(await fail('/only'), { code: grpcCodes.resourceExhausted, details: 'database space exceeded' })
  t.match(await fail('/http'), { code: grpcCodes.unavailable, details: /503/ })
  t.match(await fail('/empty'), { code: grpcCodes.internal })
  t.match(await fail('/refused'), { code: grpcCodes.unavailable, neverSent: true })
  t.match(await fail('/reset'), { code: grpcCodes.unavailable, neverSent: false })
})

void t.test('a deadline, and a caller that gives up, end the call at the server too', async t => {
  const ended: number[] = []
  const peer = await startPeer(t, stream => void stream.on('close', () => ended.push(stream.rstCode)))
  const connection = open(t, peer.url)
  t.match(await failureOf(connection.unary('/s/M', Buffer.alloc(0), { timeoutMs: 50, wait: true })), { code: grpcCodes.deadlineExceeded })
  const abort = new AbortController()
  const call = connection.unary('/s/M', Buffer.alloc(0), { ...plain, signal: abort.signal })
  const [session] = peer.sessions
  await once(session!, 'stream')
  abort.abort(new Error('enough'))
  await t.rejects(call, { message: 'enough' })
  // Ordered behind both resets.
  const seen = new Promise(resolve => session!.once('stream', resolve))
  void connection.unary('/s/M', Buffer.alloc(0), { timeoutMs: 50, wait: true }).catch(() => undefined)
  await seen
  t.strictSame(ended, [8, 8])
})

void t.test('nobody listens: one attempt without waiting, and until the deadline with it', async t => {
  const peer = await startPeer(t, stream => answer(stream, 'here'))
  const { port } = peer.server.address() as AddressInfo
  peer.server.close()
  await once(peer.server, 'close')
  const connection = open(t, peer.url)
  t.match(await failureOf(connection.unary('/s/M', Buffer.alloc(0), { timeoutMs: 5_000, wait: false })), {
    code: grpcCodes.unavailable,
    neverSent: true,
    details: /ECONNREFUSED/,
  })
  t.match(await failureOf(connection.unary('/s/M', Buffer.alloc(0), { timeoutMs: 150, wait: true })), { code: grpcCodes.deadlineExceeded })
  t.match(connection.lastError, /ECONNREFUSED/)
  const waiting = connection.unary('/s/M', Buffer.alloc(0), plain)
  await startPeer(t, stream => answer(stream, 'back'), port)
  t.equal((await waiting).toString(), 'back')
  t.equal(connection.lastError, undefined)
})

void t.test('a connection that is lost, or told to go away, is made anew by the next call', async t => {
  const peer = await startPeer(t, (stream, path) => {
    if (path === '/hold') return
    answer(stream, 'ok')
  })
  const connection = open(t, peer.url)
  await connection.unary('/s/M', Buffer.alloc(0), plain)
  const held = failureOf(connection.unary('/hold', Buffer.alloc(0), plain))
  const [first] = peer.sessions
  await once(first!, 'stream')
  first!.destroy()
  t.match(await held, { code: grpcCodes.unavailable, neverSent: false }, 'what was under way may have been done')
  t.equal((await connection.unary('/s/M', Buffer.alloc(0), plain)).toString(), 'ok')
  const [second] = peer.sessions
  second!.goaway()
  await eventually(() => !connection.isConnected)
  t.equal((await connection.unary('/s/M', Buffer.alloc(0), plain)).toString(), 'ok')
  t.equal(peer.opened, 3)
})

const recorder = (): { handler: GrpcStreamHandler; messages: string[]; ended: Promise<GrpcError> } => {
  const messages: string[] = []
  const { promise: ended, resolve } = Promise.withResolvers<GrpcError>()
  return { handler: { onMessage: message => messages.push(message.toString()), onEnd: resolve }, messages, ended }
}

void t.test('a stream: messages are cut wherever the packets were, and the end comes once', async t => {
  const big = 'x'.repeat(300_000)
  const peer = await startPeer(t, async stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '14', 'grpc-message': 'no leader' }))
    const all = Buffer.concat([frame('a'), frame(''), frame(big), frame('z')])
    for (const at of [0, 3, 6, 9, 12]) {
      stream.write(all.subarray(at, at + 3))
      await new Promise(resolve => setImmediate(resolve))
    }
    stream.end(all.subarray(15))
  })
  const { handler, messages, ended } = recorder()
  open(t, peer.url).stream('/s/W', { hasleader: 'true' }, Buffer.from('first'), handler)
  t.match(await ended, { code: grpcCodes.unavailable, details: 'no leader' })
  t.strictSame(messages, ['a', '', big, 'z'])
})

void t.test('a stream that is cancelled says nothing more', async t => {
  const streams: ServerHttp2Stream[] = []
  const peer = await startPeer(t, stream => void streams.push(stream))
  const connection = open(t, peer.url)
  const cancelled = recorder()
  let ended = false
  void cancelled.ended.then(() => (ended = true))
  connection.stream('/s/W', {}, Buffer.alloc(0), cancelled.handler).cancel()
  const second = connection.stream('/s/W', {}, Buffer.alloc(0), cancelled.handler)
  await connection.unary('/s/M', Buffer.alloc(0), { timeoutMs: 100, wait: true }).catch(() => undefined)
  t.equal(streams.length, 2, 'the one cancelled before there was a connection was never sent')
  second.cancel()
  await once(streams[0]!, 'close')
  t.equal(ended, false)
})
