// HTTPS with HTTP/2 and HTTP/1.1 on one port: turns requests into ApiRequests and writes Answers. Knows nothing of Kubernetes.
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../../base/log.ts'
import type { CompletedConfig } from '../config.ts'
import { tooLarge } from '../errors.ts'
import type { Answer, ApiRequest, ByteSink } from './answer.ts'
import { Outbox, type Sender } from './outbox.ts'
import { gzipChunks, gzipWhole } from './gzip.ts'
import { parseBundle, readPeer } from './peer.ts'
import { badRequest } from '../../api/status.ts'

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

export interface HttpServer {
  /** Resolves with the port. */
  listen(): Promise<number>
  /** GOAWAY to all, waits for what is under way at most `drainMs`, then closes. */
  close(drainMs: number): Promise<void>
}

/** As much as an HTTP/2 client may send: long selectors come in the request line. Goes on to HTTP/1.1, which the types do not tell. */
const headerLimit: object = { maxHeaderSize: 64 * 1024 }

const mayHaveBody = (request: Request): boolean =>
  'stream' in request ? !request.stream.endAfterHeaders : request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined

const identityHeader = /^(impersonate-|x-remote-)/

/** Node joins repeated headers by commas, which may be part of a group's name: those about identities get their values as they came. */
const headersOf = (request: Request): ApiRequest['headers'] => {
  const joined = request.headers as Record<string, string | string[] | undefined>
  if (!Object.keys(joined).some(name => identityHeader.test(name))) return joined
  const headers = { ...joined }
  const { rawHeaders } = request
  for (const name of Object.keys(joined))
    if (identityHeader.test(name)) headers[name] = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name)
  return headers
}

const readBody = (request: Request, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      // What the client still sends is thrown away, so that it can read the answer.
      request.resume()
      reject(tooLarge(limit))
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        chunks.length = 0
        reject(tooLarge(limit))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('aborted', () => reject(badRequest('the request ended before its body did')))
  })

const acceptsGzip = (header: string | string[] | undefined): boolean => /(^|[\s,])gzip(;|,|\s|$)/.test(String(header ?? ''))

/** A client that takes nothing for so long is given up; what was kept for it is let go. */
const stallMs = 30_000

const giveUpLater = (response: Response): (() => void) => {
  const timer = setTimeout(() => response.destroy(), stallMs).unref()
  return () => clearTimeout(timer)
}

/** Resolves when the client can take more, or has gone or was given up. */
const drained = (response: Response): Promise<void> =>
  new Promise(resolve => {
    const cancel = giveUpLater(response)
    const done = (): void => {
      cancel()
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })

const send = (response: Response, chunk: Buffer): boolean => (response as ServerResponse).write(chunk)

const writeChunks = async (response: Response, chunks: AsyncIterable<Buffer>): Promise<void> => {
  for await (const chunk of chunks) {
    if (response.destroyed || response.closed) return
    if (!send(response, chunk)) await drained(response)
  }
  response.end()
}

/** A stream's bytes by way of the outbox. */
const createSink = (response: Response, outbox: Outbox): ByteSink => {
  let chunks: Buffer[] = []
  let bytes = 0
  const flush = (): void => {
    if (chunks.length > 0 && !response.destroyed && !response.writableEnded) send(response, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes))
    chunks = []
    bytes = 0
  }
  const sender: Sender = { flush }
  return {
    write: chunk => {
      if (response.destroyed || response.writableEnded) return
      chunks.push(chunk)
      bytes += chunk.length
      if (chunks.length === 1) outbox.add(sender)
    },
    end: () => {
      flush()
      if (response.writableEnded) return
      response.end()
      response.once('close', giveUpLater(response))
    },
    cut: () => response.destroy(),
    get pendingBytes() {
      return bytes + (response as ServerResponse).writableLength
    },
  }
}

interface Writing {
  readonly outbox: Outbox
  readonly gzipFrom: number
}

const writeAnswer = async (request: Request, response: Response, answer: Answer, signal: AbortSignal, { outbox, gzipFrom }: Writing): Promise<void> => {
  const headers: Record<string, string | string[]> = { ...answer.headers }
  const gzip = acceptsGzip(request.headers['accept-encoding'])
  const head = (): void => {
    ;(response as ServerResponse).writeHead(answer.status, headers)
  }
  if (answer.bytes) {
    const size = answer.bytes.reduce((n, b) => n + b.length, 0)
    let bytes = answer.bytes
    if (gzip && size > gzipFrom) {
      bytes = [await gzipWhole(bytes)]
      headers['content-encoding'] = 'gzip'
      headers['vary'] = 'Accept-Encoding'
    }
    headers['content-length'] = String(bytes.reduce((n, b) => n + b.length, 0))
    head()
    for (const chunk of bytes.slice(0, -1)) send(response, chunk)
    const last = bytes.at(-1)
    if (last) response.end(last)
    else response.end()
  } else if (answer.chunks) {
    // Whether it is worth compressing shows with the second chunk: a list of one chunk is small.
    const { chunks, compressed } = gzip ? await gzipChunks(answer.chunks, gzipFrom) : { chunks: answer.chunks, compressed: false }
    if (compressed) {
      headers['content-encoding'] = 'gzip'
      headers['vary'] = 'Accept-Encoding'
    }
    head()
    await writeChunks(response, chunks)
  } else if (answer.stream) {
    head()
    ;(response as ServerResponse).flushHeaders()
    answer.stream(createSink(response, outbox), signal)
  } else answer.takeOver?.()
}

export const createHttpServer = (config: CompletedConfig, log: Logger, handle: (request: ApiRequest) => Promise<Answer>): HttpServer => {
  const { tls, clientCa, limits } = config
  const frontProxyCa = config.authentication.requestHeader?.ca ?? ''
  const server: Http2SecureServer = createSecureServer({
    allowHTTP1: true,
    key: tls.key,
    cert: tls.cert,
    ca: frontProxyCa ? [clientCa, frontProxyCa] : clientCa,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    settings: { maxConcurrentStreams: limits.concurrentStreams, initialWindowSize: 1024 * 1024 },
    maxSessionMemory: 64,
    ...headerLimit,
  })
  const authorities = { client: parseBundle(clientCa), frontProxy: parseBundle(frontProxyCa) }
  const peers = new WeakMap<object, Pick<ApiRequest, 'peer' | 'remoteAddress'>>()
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Duplex>()
  const writing: Writing = { outbox: new Outbox(), gzipFrom: limits.gzipFromBytes }
  let underway = 0

  /** Who is at the other end of the request's connection; asked once of each. */
  const peerOf = (request: Request): Pick<ApiRequest, 'peer' | 'remoteAddress'> => {
    const session = 'stream' in request ? request.stream.session : undefined
    const key: object = session ?? request.socket
    let known = peers.get(key)
    if (!known) {
      const socket = (session?.socket ?? request.socket) as TLSSocket
      peers.set(key, (known = { peer: readPeer(socket, authorities), remoteAddress: socket.remoteAddress }))
    }
    return known
  }

  const onRequest = async (request: Request, response: Response): Promise<void> => {
    const gone = new AbortController()
    underway++
    response.on('close', () => {
      underway--
      gone.abort(new Error('the client has gone'))
    })
    response.on('error', () => gone.abort(new Error('the client has gone')))
    try {
      // With HTTP/2 the pseudo headers say what HTTP/1.1 says in the request line and in Host.
      const answer = await handle({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        headers: headersOf(request),
        ...peerOf(request),
        signal: gone.signal,
        cancel: reason => gone.abort(reason),
        body: limit => readBody(request, limit),
        ...(mayHaveBody(request) && { stream: request }),
      })
      // Whoever never sends the rest of a body is cut off with the answer.
      if (answer.status === 504 && !request.complete) response.once('finish', () => request.destroy())
      await writeAnswer(request, response, answer, gone.signal, writing)
    } catch (error) {
      if (!gone.signal.aborted) log.error({ err: error, url: request.url }, 'a request failed outside of the pipeline')
      response.destroy()
    }
  }

  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const gone = new AbortController()
    socket.on('close', () => gone.abort(new Error('the client has gone')))
    socket.on('error', () => gone.abort(new Error('the client has gone')))
    try {
      const answer = await handle({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        headers: headersOf(request),
        ...peerOf(request),
        signal: gone.signal,
        body: () => Promise.resolve(Buffer.alloc(0)),
        upgrade: { socket, head, rawHeaders: request.rawHeaders },
      })
      if (answer.takeOver) answer.takeOver()
      else await refuseUpgrade(socket, answer)
    } catch (error) {
      log.error({ err: error, url: request.url }, 'an upgrade failed outside of the pipeline')
      socket.destroy()
    }
  }

  server.on('request', (request, response) => void onRequest(request, response))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void onUpgrade(request, socket, head))
  server.on('session', session => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  server.on('secureConnection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setNoDelay(true)
  })
  server.on('tlsClientError', (error, socket) => {
    log.debug({ err: error }, 'a TLS handshake failed')
    socket.destroy()
  })
  server.on('sessionError', error => log.debug({ err: error }, 'an HTTP/2 session failed'))
  // Slow headers and half-sent requests of HTTP/1.1 are cut off; an idle connection may stay (HTTP/2 clients keep one).
  Object.assign(server, { headersTimeout: 30_000, keepAliveTimeout: 90_000, requestTimeout: 0 })

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', error =>
          reject(
            new Error(`cannot listen on ${config.bindAddress}:${config.port}: ${(error as NodeJS.ErrnoException).code ?? error.message}`, { cause: error }),
          ),
        )
        server.listen(config.port, config.bindAddress, () => resolve((server.address() as AddressInfo).port))
      }),
    close: async drainMs => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const session of sessions) session.close()
      const end = Date.now() + drainMs
      // A session closes once its streams have ended, watches included: they get their last bytes.
      while ((underway > 0 || sessions.size > 0) && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 5))
      for (const session of sessions) session.destroy()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** An error answer on a connection that wanted to be upgraded. */
const refuseUpgrade = async (socket: Duplex, answer: Answer): Promise<void> => {
  const parts: Buffer[] = [...(answer.bytes ?? [])]
  if (answer.chunks) for await (const chunk of answer.chunks) parts.push(chunk)
  const body = Buffer.concat(parts)
  const headers = Object.entries({ ...answer.headers, 'content-length': String(body.length), connection: 'close' })
  const lines = headers.flatMap(([name, value]) => [value].flat().map(v => `${name}: ${v}`))
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${answer.status} ${answer.status < 400 ? 'OK' : 'Error'}\r\n${lines.join('\r\n')}\r\n\r\n`), body]))
}
