// The transport over the network: one undici pool, HTTP/2 where the server offers it (all requests and watches share a connection),
// else HTTP/1.1 with keep-alive. Bodies stream; nothing is buffered here.
import { Pool } from 'undici'
import { TransportError } from './transport-error.ts'
import type { Transport, TransportResponse } from './types.ts'

export interface HttpsTransportConfig {
  /** https://host:port, or http:// for tests. A path is put before every request's. */
  readonly server: string
  /** PEM. Without it the system's authorities are trusted. */
  readonly ca?: string
  /** PEM client certificate and key. */
  readonly cert?: string
  readonly key?: string
  /** Bearer token, or how to get the current one. */
  readonly token?: string | (() => string)
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly connectTimeoutMs?: number
  /** How long the server may take until the headers of its answer. */
  readonly headersTimeoutMs?: number
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

const flatten = (headers: Headers): Record<string, string> => {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ')
  return flat
}

const aborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

/** An abort keeps its reason; everything else is the connection's fault. */
const toError = (error: unknown, what: string, signal: AbortSignal | undefined): unknown => {
  if (aborted(signal)) return signal?.reason
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const why = inner instanceof Error ? inner.message : String(inner)
  return new TransportError(`${what}: ${why}`, inner)
}

async function* stream(body: AsyncIterable<Uint8Array>, what: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw toError(error, what, signal)
  }
}

export const createHttpsTransport = (config: HttpsTransportConfig): Transport => {
  const url = new URL(config.server)
  const prefix = url.pathname.replace(/\/$/, '')
  const pool = new Pool(url.origin, {
    allowH2: true,
    bodyTimeout: 0,
    headersTimeout: config.headersTimeoutMs ?? 65_000,
    // A dead peer is noticed by HTTP/2 pings and TCP keep-alive, not by silence: a quiet watch is healthy.
    h2Options: { maxConcurrentStreams: 250, pingInterval: 15_000, connectionWindowSize: 16 * 1024 * 1024, settings: { initialWindowSize: 1024 * 1024 } },
    connect: {
      timeout: config.connectTimeoutMs ?? 5_000,
      keepAlive: true,
      keepAliveInitialDelay: 15_000,
      noDelay: true,
      ...(config.ca !== undefined && { ca: config.ca }),
      ...(config.cert !== undefined && { cert: config.cert }),
      ...(config.key !== undefined && { key: config.key }),
      ...(config.tlsServerName !== undefined && { servername: config.tlsServerName }),
      ...(config.insecureSkipTlsVerify && { rejectUnauthorized: false }),
    },
  })
  const { token } = config
  const bearer = token === undefined ? undefined : typeof token === 'string' ? () => token : token
  return {
    async request({ method, path, headers, body, signal }): Promise<TransportResponse> {
      const what = `${method} ${config.server}${path.split('?', 1)[0] ?? ''}`
      try {
        const answer = await pool.request({
          method,
          path: prefix + path,
          headers: bearer ? { ...headers, authorization: `Bearer ${bearer()}` } : { ...headers },
          ...(body !== undefined && { body }),
          ...(signal && { signal }),
        })
        return { status: answer.statusCode, headers: flatten(answer.headers), body: stream(answer.body as AsyncIterable<Uint8Array>, what, signal) }
      } catch (error) {
        throw toError(error, what, signal)
      }
    },
    close: () => pool.destroy(),
  }
}
