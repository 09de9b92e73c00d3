// One HTTP(S) request from the node to a pod, as probes and hooks make it: a connection of its own, certificates not verified, redirects
// followed on the same host, the answer's beginning kept.
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { HTTPGetAction } from '../../api/types/core-v1.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

const maxBodyBytes = 10 * 1024
const maxRedirects = 10

/** Rejects with a message in Go's words, which users know from events. */
export const httpGet = async (action: HTTPGetAction, host: string, port: number, timeoutMs: number, userAgent: string): Promise<HttpAnswer> => {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`
  const headers: Record<string, string> = { 'User-Agent': userAgent, Accept: '*/*', Connection: 'close' }
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value
  const deadline = Date.now() + timeoutMs
  let url = new URL(`${scheme}://${authority}${path}`)
  for (let redirects = 0; ; redirects++) {
    const { status, location, body } = await once(url, headers, deadline - Date.now())
    if (status < 300 || status >= 400 || !location) return { status, body }
    const next = new URL(location, url)
    // A probe is about this pod: what lies elsewhere is not asked.
    if (next.hostname !== url.hostname) return { status, body }
    if (redirects >= maxRedirects) throw new Error(`Get "${url.href}": stopped after ${maxRedirects} redirects`)
    url = next
  }
}

const once = (url: URL, headers: Record<string, string>, timeoutMs: number): Promise<{ status: number; location: string | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`Get "${url.href}": ${why}`))
    const options: RequestOptions & { rejectUnauthorized: boolean } = {
      headers,
      agent: false,
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
    }
    const handle = (answer: IncomingMessage): void => {
      const chunks: Buffer[] = []
      let length = 0
      answer.on('data', (chunk: Buffer) => {
        if (length < maxBodyBytes) chunks.push(chunk)
        length += chunk.length
        if (length >= maxBodyBytes) answer.destroy()
      })
      const end = (): void =>
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8') })
      answer.on('close', end).on('error', end)
    }
    const request = url.protocol === 'https:' ? httpsRequest(url, options, handle) : httpRequest(url, options, handle)
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'TimeoutError' || error.name === 'AbortError') fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
      else fail(toGoError(error, url.hostname, url.port))
    })
    request.end()
  })

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'i/o timeout',
}

/** `dial tcp 10.0.0.1:80: connect: connection refused` */
export const toGoError = (error: NodeJS.ErrnoException, host: string, port: string | number): string => {
  const word = words[error.code ?? '']
  if (error.code === 'ECONNRESET' || error.message === 'socket hang up') return 'EOF'
  return word ? `dial tcp ${host}:${port}: connect: ${word}` : error.message
}
