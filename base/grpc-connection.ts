// gRPC as a client speaks it, over one HTTP/2 connection: what etcd needs, at a fraction of a general library's cost per call and at start.
// Messages are bytes; whoever calls encodes and decodes them. Connects at the first call and again, with a back-off, when a call comes after a loss.
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** Codes of grpc/doc/statuscodes.md, as far as somebody here tells them apart. */
export const grpcCodes = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
} as const

export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: number
  /** What the server said, or what happened to the connection. */
  readonly details: string
  /** The call certainly never reached a server. */
  readonly neverSent: boolean

  constructor(code: number, details: string, { neverSent = false, cause }: { neverSent?: boolean; cause?: unknown } = {}) {
    super(`${details} (gRPC code ${code})`, { cause })
    this.code = code
    this.details = details
    this.neverSent = neverSent
  }
}

export interface GrpcTarget {
  /** `http://host:port` or `https://host:port`. */
  readonly url: string
  /** PEM. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | undefined
}

export interface GrpcCall {
  /** The call fails with DEADLINE_EXCEEDED after this. */
  readonly timeoutMs: number
  /** Waits for a connection as long as the deadline allows, else fails with the first attempt to connect. */
  readonly wait: boolean
  readonly signal?: AbortSignal | undefined
}

export interface GrpcStreamHandler {
  onMessage(message: Buffer): void
  /** Once, however it ended, but not after cancel(). */
  onEnd(why: GrpcError): void
}

export interface GrpcStream {
  pause(): void
  resume(): void
  cancel(): void
}

/** Servers count pings without a call, or more often than every 5 s, as an attack. */
const pingEveryMs = 10_000
const pingTimeoutMs = 5_000
const firstBackoffMs = 100
const maxBackoffMs = 1_000
const connectTimeoutMs = 5_000
const windowBytes = 4 * 2 ** 20
const sessionMegabytes = 512
const prefixBytes = 5

/** A message behind its prefix: not compressed, four bytes of length. */
const frame = (message: Buffer): Buffer => {
  const framed = Buffer.allocUnsafe(prefixBytes + message.length)
  framed[0] = 0
  framed.writeUInt32BE(message.length, 1)
  message.copy(framed, prefixBytes)
  return framed
}

/** Cuts what comes in at the messages' ends; the messages may share its memory. */
class Unframer {
  #kept: Buffer[] = []
  #size = 0
  /** So many bytes must be there before it is worth looking again. */
  #wanted = prefixBytes

  push(chunk: Buffer, onMessage: (message: Buffer) => void): void {
    this.#kept.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#wanted) return
    const bytes = this.#kept.length === 1 ? chunk : Buffer.concat(this.#kept)
    let at = 0
    this.#wanted = prefixBytes
    while (bytes.length - at >= prefixBytes) {
      const length = prefixBytes + bytes.readUInt32BE(at + 1)
      if (bytes.length - at < length) {
        this.#wanted = length
        break
      }
      onMessage(bytes.subarray(at + prefixBytes, at + length))
      at += length
    }
    this.#size = bytes.length - at
    this.#kept = this.#size > 0 ? [bytes.subarray(at)] : []
  }
}

const decodeMessage = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const toError = (headers: IncomingHttpHeaders): GrpcError | undefined => {
  const status = headers['grpc-status']
  if (status === undefined || status === '0') return undefined
  return new GrpcError(Number(status), decodeMessage(String(headers['grpc-message'] ?? 'no reason given')))
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

const reasonOf = (error: unknown): string => {
  const { message, code } = error as NodeJS.ErrnoException
  // An error over several addresses has no message of its own.
  return message || code || 'the connection failed'
}

export class GrpcConnection {
  readonly #target: GrpcTarget
  #session: ClientHttp2Session | undefined
  #connecting: Promise<ClientHttp2Session> | undefined
  #backoffMs = 0
  #lastError: string | undefined
  #streams = 0
  #closed = false

  constructor(target: GrpcTarget) {
    this.#target = target
  }

  get isConnected(): boolean {
    return this.#session !== undefined
  }

  /** Why the last attempt to connect failed; undefined when it did not. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Takes no more calls; those under way go on to their end. */
  close(): void {
    this.#closed = true
    this.#session?.close()
    // A peer that hangs does not keep this process.
    this.#session?.unref()
    this.#session = undefined
  }

  async unary(path: string, message: Buffer, { timeoutMs, wait, signal }: GrpcCall): Promise<Buffer> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      let stream: ClientHttp2Stream | undefined
      let ended = false
      const settle = (end: () => void): void => {
        if (ended) return
        ended = true
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        end()
      }
      const cancel = (error: Error): void =>
        settle(() => {
          stream?.close(constants.NGHTTP2_CANCEL)
          reject(error)
        })
      const timer = setTimeout(() => cancel(new GrpcError(grpcCodes.deadlineExceeded, this.#lateReason())), timeoutMs)
      const onAbort = (): void => cancel(signal!.reason as Error)
      signal?.addEventListener('abort', onAbort, { once: true })
      const send = (session: ClientHttp2Session): void => {
        if (ended) return
        let answer: Buffer | undefined
        const handler: GrpcStreamHandler = {
          onMessage: bytes => (answer = bytes),
          onEnd: error =>
            settle(() => {
              if (error.code === 0 && answer) resolve(answer)
              else reject(error.code === 0 ? new GrpcError(grpcCodes.internal, 'the answer has no message') : error)
            }),
        }
        try {
          stream = this.#open(session, path, { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }, handler)
          stream.end(frame(message))
        } catch (error) {
          settle(() => reject(asError(error)))
        }
      }
      if (this.#session) send(this.#session)
      else this.#whenConnected(wait, () => ended).then(send, (error: unknown) => settle(() => reject(asError(error))))
    })
  }

  /** A call whose two sides stay open: `first` is sent at once. Waits for a connection. */
  stream(path: string, headers: Readonly<Record<string, string>>, first: Buffer, handler: GrpcStreamHandler): GrpcStream {
    let stream: ClientHttp2Stream | undefined
    let ended = false
    const end = (error: GrpcError): void => {
      if (ended) return
      ended = true
      handler.onEnd(error)
    }
    const send = (session: ClientHttp2Session): void => {
      if (ended) return
      const guarded: GrpcStreamHandler = {
        onMessage: message => {
          if (!ended) handler.onMessage(message)
        },
        onEnd: end,
      }
      stream = this.#open(session, path, headers, guarded)
      stream.write(frame(first))
    }
    this.#whenConnected(true, () => ended)
      .then(send)
      .catch((error: unknown) => end(error instanceof GrpcError ? error : new GrpcError(grpcCodes.unavailable, reasonOf(error), { cause: error })))
    return {
      pause: () => void stream?.pause(),
      resume: () => void stream?.resume(),
      cancel: () => {
        ended = true
        stream?.close(constants.NGHTTP2_CANCEL)
      },
    }
  }

  /** `onEnd` gets an error of code 0 for a call that ended well. */
  #open(session: ClientHttp2Session, path: string, headers: Readonly<Record<string, string>>, handler: GrpcStreamHandler): ClientHttp2Stream {
    let stream: ClientHttp2Stream
    try {
      stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', 'te': 'trailers', ...headers }, { endStream: false })
    } catch (error) {
      // The session is going: nothing was sent.
      this.#forget(session)
      throw new GrpcError(grpcCodes.unavailable, reasonOf(error), { neverSent: true, cause: error })
    }
    this.#streams++
    const unframer = new Unframer()
    let status: GrpcError | undefined
    let failure: unknown
    const see = (fields: IncomingHttpHeaders): void => {
      if (fields['grpc-status'] !== undefined) status = toError(fields) ?? new GrpcError(0, 'it ended')
      else if (fields[':status'] !== undefined && Number(fields[':status']) !== 200)
        status = new GrpcError(grpcCodes.unavailable, `HTTP status ${String(fields[':status'])}`)
    }
    stream.on('response', see)
    stream.on('trailers', see)
    stream.on('data', (chunk: Buffer) => unframer.push(chunk, message => handler.onMessage(message)))
    stream.on('error', (error: Error) => (failure = error))
    stream.on('close', () => {
      this.#streams--
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM
      const lost = (): GrpcError =>
        new GrpcError(grpcCodes.unavailable, failure === undefined ? 'the connection was lost' : reasonOf(failure), { neverSent: refused, cause: failure })
      handler.onEnd(status ?? lost())
    })
    return stream
  }

  #lateReason(): string {
    if (this.#session) return 'no answer within the time'
    return this.#lastError === undefined ? 'no connection within the time' : `no connection within the time: ${this.#lastError}`
  }

  async #whenConnected(wait: boolean, isOver: () => boolean): Promise<ClientHttp2Session> {
    for (;;) {
      if (this.#closed) throw new GrpcError(grpcCodes.cancelled, 'the connection was closed', { neverSent: true })
      if (this.#session) return this.#session
      try {
        return await (this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined)))
      } catch (error) {
        if (!wait || isOver()) throw new GrpcError(grpcCodes.unavailable, reasonOf(error), { neverSent: true, cause: error })
        await new Promise(resolve => setTimeout(resolve, this.#backoffMs))
      }
    }
  }

  #connect(): Promise<ClientHttp2Session> {
    const { url, tls } = this.#target
    const { hostname } = new URL(url)
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    return new Promise((resolve, reject) => {
      const session = connect(url, {
        ...tls,
        // The certificate is held against the host, whatever name the handshake carries: an address has none.
        ...(tls && { checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate) }),
        settings: { initialWindowSize: windowBytes, enablePush: false },
        // Node's own 10 MB would refuse new calls while some large messages wait to be sent.
        maxSessionMemory: sessionMegabytes,
        timeout: connectTimeoutMs,
      })
      let failure: unknown
      const onTimeout = (): void => session.destroy(new Error(`no connection within ${connectTimeoutMs / 1000} s`))
      session.once('timeout', onTimeout)
      // Not yet at 'connect': a proxy with nobody behind it lets that happen too.
      session.once('remoteSettings', () => {
        session.setTimeout(0)
        session.off('timeout', onTimeout)
        if (this.#closed) {
          session.destroy()
          return
        }
        session.setLocalWindowSize(windowBytes * 4)
        this.#session = session
        this.#backoffMs = 0
        this.#lastError = undefined
        this.#keepAlive(session)
        resolve(session)
      })
      session.once('goaway', () => this.#forget(session))
      session.on('error', error => (failure = error))
      session.once('close', () => {
        this.#forget(session)
        failure ??= new Error('the connection was closed')
        this.#lastError = reasonOf(failure)
        this.#backoffMs = Math.min(maxBackoffMs, Math.max(firstBackoffMs, this.#backoffMs * 1.6))
        reject(asError(failure))
      })
    })
  }

  /** New calls connect anew; those under way may still end well. */
  #forget(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = undefined
  }

  #keepAlive(session: ClientHttp2Session): void {
    let late: NodeJS.Timeout | undefined
    const every = setInterval(() => {
      if (this.#streams === 0 || session.closed || session.destroyed) return
      late = setTimeout(() => session.destroy(new Error(`no answer to a ping within ${pingTimeoutMs / 1000} s`)), pingTimeoutMs).unref()
      session.ping(() => clearTimeout(late))
    }, pingEveryMs).unref()
    session.once('close', () => {
      clearInterval(every)
      clearTimeout(late)
    })
  }
}
