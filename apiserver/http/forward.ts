// Passes a request on to another server as it came and its answer back as it comes: any method, bodies streamed both ways, upgrades joined
// into one connection. What says who asks is left out, as is what concerns one connection only.
import { type Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { tokenProtocolPrefix } from '../authentication/bearer-token.ts'
import { type Answer, type ApiRequest, textAnswer } from './answer.ts'

export interface Target {
  readonly protocol: 'http:' | 'https:'
  readonly host: string
  readonly port: number
  /** Percent-encoded, with the query. */
  readonly path: string
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
    /** Accept any certificate. */
    readonly insecure?: boolean
  }
  /** Keeps connections; default: one for each request. */
  readonly agent?: Agent
  /** Lower-case names. Added to those of the client, or instead of them. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** More headers of the client that are not for the target. */
  readonly drop?: RegExp
}

const aboutIdentity = /^(authorization|impersonate-.*|x-remote-.*)$/
const ofOneConnection = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|:.*)$/
/** Where a body ends is said anew: what the client says of it is about the client's own connection. */
const framing = /^(content-length|transfer-encoding)$/

/** What a server answered, or that there is none: `onAnswer` may look at and change the head before it goes on. */
export interface ForwardOptions {
  /** The error to throw when the target cannot be reached. */
  readonly unreachable: (cause: unknown) => Error
  /** Changes headers in place. */
  readonly onAnswer?: (headers: Record<string, string | string[]>, status: number) => void
  /** Throw a redirect away: it would lead the client, with its credentials, wherever the target wants it. */
  readonly noRedirects?: boolean
  /** The client is read no faster than this much is kept for it. */
  readonly bufferBytes: number
  /** What an answer of 400 and more is thrown as; default: it is passed on. */
  readonly refusal?: (status: number, text: string) => Error
  readonly bodyLimit: number
}

const toOptions = ({ host, port, path, tls, agent }: Target, method: string): RequestOptions => ({
  host,
  port,
  path,
  method,
  agent: agent ?? false,
  ...(tls && {
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key }),
    ...(tls.servername !== undefined && { servername: tls.servername }),
    rejectUnauthorized: !tls.insecure,
  }),
})

const open = (target: Target, options: RequestOptions): ReturnType<typeof httpRequest> =>
  target.protocol === 'https:' ? httpsRequest(options) : httpRequest(options)

const hostOf = ({ host, port, protocol }: Target): string => {
  const usual = port === (protocol === 'https:' ? 443 : 80)
  return `${host.includes(':') ? `[${host}]` : host}${usual ? '' : `:${port}`}`
}

const isKept = (name: string, { headers, drop }: Target): boolean =>
  name !== 'host' && !aboutIdentity.test(name) && !drop?.test(name) && headers?.[name] === undefined

const headersFor = (request: ApiRequest, target: Target): Record<string, string | string[]> => {
  const sent: Record<string, string | string[]> = { host: hostOf(target) }
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && isKept(name, target) && !ofOneConnection.test(name) && !framing.test(name)) sent[name] = value
  for (const [name, value] of Object.entries(target.headers ?? {})) sent[name] = typeof value === 'string' ? value : [...value]
  return sent
}

const withoutToken = (protocols: string): string =>
  protocols
    .split(',')
    .map(p => p.trim())
    .filter(p => !p.startsWith(tokenProtocolPrefix))
    .join(', ')

/** Names and values as the client wrote them, repeated ones too: what asks for an upgrade is read by more than one kind of server. */
const rawHeadersFor = (rawHeaders: readonly string[], target: Target): string[] => {
  const sent = ['Host', hostOf(target)]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!]
    if (isKept(name.toLowerCase(), target) && !framing.test(name.toLowerCase()))
      sent.push(name, name.toLowerCase() === 'sec-websocket-protocol' ? withoutToken(value) : value)
  }
  for (const [name, value] of Object.entries(target.headers ?? {})) for (const one of typeof value === 'string' ? [value] : value) sent.push(name, one)
  return sent
}

/** Headers of an answer that are the client's business, repeated ones unjoined. */
const headersOf = (response: IncomingMessage): Record<string, string | string[]> => {
  const headers: Record<string, string | string[]> = {}
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    if (!values || ofOneConnection.test(name)) continue
    headers[name] = values.length === 1 ? values[0]! : values
  }
  return headers
}

/** Copies with back-pressure: the source is read only as fast as the client reads. */
const pump = (from: IncomingMessage, sink: Parameters<NonNullable<Answer['stream']>>[0], closed: AbortSignal, bufferBytes: number): void => {
  closed.addEventListener('abort', () => from.destroy(), { once: true })
  const resume = (): void => {
    if (sink.pendingBytes < bufferBytes / 2) from.resume()
    else setTimeout(resume, 20).unref()
  }
  from.on('data', (chunk: Buffer) => {
    sink.write(chunk)
    if (sink.pendingBytes > bufferBytes) {
      from.pause()
      resume()
    }
  })
  from.on('end', () => sink.end())
  // What is cut off must not look like the whole.
  from.on('error', () => sink.cut())
}

/** Joins two connections until one of them ends. */
const join = (a: Duplex, b: Duplex): void => {
  const end = (): void => {
    a.destroy()
    b.destroy()
  }
  a.pipe(b)
  b.pipe(a)
  for (const side of [a, b]) side.on('error', end).on('close', end)
}

const forwardUpgrade = (request: ApiRequest, target: Target, options: ForwardOptions): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { socket, head, rawHeaders } = request.upgrade!
    const outgoing = open(target, {
      ...toOptions(target, request.method),
      // A connection of its own: whatever becomes of it, nobody else's request comes after.
      agent: false,
      headers: rawHeadersFor(rawHeaders, target),
      setDefaultHeaders: false,
      signal: request.signal,
    })
    outgoing.on('error', error => reject(options.unreachable(error)))
    outgoing.on('upgrade', (response, upstream, upstreamHead) => {
      const takeOver = (): void => {
        const lines = [`HTTP/1.1 101 ${response.statusMessage ?? 'Switching Protocols'}`]
        for (let i = 0; i < response.rawHeaders.length; i += 2) lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}`)
        socket.write(`${lines.join('\r\n')}\r\n\r\n`)
        if (upstreamHead.length) socket.write(upstreamHead)
        if (head.length) upstream.write(head)
        join(socket, upstream)
      }
      resolve({ status: 101, headers: {}, takeOver })
    })
    outgoing.on('response', response => {
      if (options.noRedirects && isRedirect(response)) {
        response.destroy()
        resolve(redirectRefused())
        return
      }
      collect(response).then(body => {
        const headers = headersOf(response)
        delete headers['content-length']
        // The refusal is the client's answer: kubectl falls back from WebSocket to SPDY when it sees one.
        resolve({ status: response.statusCode ?? 502, headers, bytes: [body] })
      }, reject)
    })
    outgoing.end()
  })

const maxRefusalBytes = 64 * 1024

/** The beginning of a body. */
const collect = async (response: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop early ends the connection: what goes on for ever is not waited for.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > maxRefusalBytes) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const isRedirect = ({ statusCode = 0, headers }: IncomingMessage): boolean => statusCode >= 300 && statusCode < 400 && Boolean(headers.location)
const redirectRefused = (): Answer => textAnswer(502, 'the backend attempted to redirect this request, which is not permitted')

/**
 * Every body says where it ends, by its length or in chunks, whatever the method: bytes that belong to no request would be read as the next one,
 * which then speaks with our certificate.
 */
const sendBody = async (request: ApiRequest, outgoing: ReturnType<typeof httpRequest>, limit: number): Promise<void> => {
  const { headers, stream } = request
  if (stream) {
    const length = headers['transfer-encoding'] === undefined ? headers['content-length'] : undefined
    if (length === undefined) outgoing.setHeader('transfer-encoding', 'chunked')
    else outgoing.setHeader('content-length', length)
    stream.pipe(outgoing)
    return
  }
  const bytes = await request.body(limit)
  if (bytes.length) outgoing.setHeader('content-length', bytes.length)
  outgoing.end(bytes)
}

export const forward = (request: ApiRequest, target: Target, options: ForwardOptions): Promise<Answer> => {
  if (request.upgrade) return forwardUpgrade(request, target, options)
  return new Promise((resolve, reject) => {
    const outgoing = open(target, { ...toOptions(target, request.method), headers: headersFor(request, target), signal: request.signal })
    outgoing.on('error', error => reject(options.unreachable(error)))
    outgoing.on('response', response => {
      const headers = headersOf(response)
      const status = response.statusCode ?? 502
      const { refusal, noRedirects } = options
      if (noRedirects && isRedirect(response)) {
        response.destroy()
        resolve(redirectRefused())
        return
      }
      if (refusal && status >= 400) {
        collect(response).then(body => reject(refusal(status, body.toString().trim())), reject)
        return
      }
      try {
        options.onAnswer?.(headers, status)
      } catch (error) {
        response.destroy()
        reject(error instanceof Error ? error : new Error(String(error)))
        return
      }
      resolve({ status, headers, stream: (sink, closed) => pump(response, sink, closed, options.bufferBytes) })
    })
    sendBody(request, outgoing, options.bodyLimit).catch((error: unknown) => {
      outgoing.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    })
  })
}
