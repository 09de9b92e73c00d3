// What the pipeline takes and gives, free of sockets: the HTTP server and the in-process transport both drive it.
import type { Duplex, Readable } from 'node:stream'
import type { KubeObject } from '../../api/object.ts'
import type { UserInfo } from '../user.ts'
import type { Peer } from './peer.ts'

export interface ApiRequest {
  readonly method: string
  /** Path with query. */
  readonly url: string
  /** Lower-case names. Headers that carry an identity have all their values, unjoined. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Whoever is connected; absent in this process. */
  readonly remoteAddress?: string | undefined
  /** What the client certificate says, if there was one. */
  readonly peer: Peer | undefined
  /** Set by the in-process transport instead of a certificate. */
  readonly user?: UserInfo
  /** Aborted when the client has gone or the server stops. */
  readonly signal: AbortSignal
  /** Aborts the signal: the request's time is up. */
  readonly cancel?: (reason: Error) => void
  /** The whole body; throws 413 beyond `limit`. */
  body(limit: number): Promise<Buffer>
  /** The body as it comes, for who passes it on; absent where there is none, and in this process, where it is whole. */
  readonly stream?: Readable
  /** An HTTP/1.1 upgrade: the raw connection with what came after the headers. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer; readonly rawHeaders: readonly string[] }
}

/** Where a streaming answer is written. `write` never blocks; who writes looks at `pendingBytes`. */
export interface ByteSink {
  write(chunk: Buffer): void
  end(): void
  /** Ends such that the client sees that something is missing. */
  cut(): void
  /** Bytes accepted and not yet handed to the client. */
  readonly pendingBytes: number
}

export type WatchItem = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: KubeObject } | { type: 'ERROR'; object: unknown }

/** The same answer without bytes, for clients in this process; all objects are frozen and shared. */
export interface DirectAnswer {
  object?: KubeObject
  items?: readonly KubeObject[]
  resourceVersion?: string
  events?: AsyncIterable<readonly WatchItem[]>
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  /** Exactly one of the three. */
  readonly bytes?: readonly Buffer[]
  readonly chunks?: AsyncIterable<Buffer>
  /** Starts writing; must call `end` when it is done, and stop when the signal is aborted. */
  readonly stream?: (sink: ByteSink, signal: AbortSignal) => void
  /** Takes the connection over (upgrades); nothing else is written then. */
  readonly takeOver?: () => void
  readonly direct?: () => DirectAnswer
}

export const textAnswer = (status: number, text: string, contentType = 'text/plain; charset=utf-8'): Answer => ({
  status,
  headers: { 'content-type': contentType, 'x-content-type-options': 'nosniff' },
  bytes: [Buffer.from(text)],
})

export const pageNotFound = (): Answer => textAnswer(404, '404 page not found\n')
