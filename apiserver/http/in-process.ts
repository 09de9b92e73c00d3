// The transport of clients in this process: the same pipeline, the same bytes, no socket. `direct` spares them the bytes.
import type { UserInfo } from '../user.ts'
import type { Answer, ApiRequest, ByteSink, DirectAnswer, WatchItem } from './answer.ts'
import type { KubeObject } from '../../api/object.ts'

/** Structurally client/types.ts' Transport. */
export interface InProcessTransport {
  request(request: {
    method: string
    path: string
    headers?: Readonly<Record<string, string>>
    body?: string | Uint8Array
    signal?: AbortSignal
  }): Promise<InProcessResponse>
  close(): Promise<void>
}

export interface InProcessResponse {
  status: number
  headers: Readonly<Record<string, string>>
  body: AsyncIterable<Uint8Array>
  direct?: { object?: KubeObject; items?: readonly KubeObject[]; resourceVersion?: string; events?: AsyncIterable<readonly WatchItem[]> }
}

/** A streaming answer as an iterable: starts when it is read, ends when the reader leaves. */
async function* streamed(answer: Answer, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let pending: Buffer[] = []
  let size = 0
  let ended = false
  let wake: () => void = () => undefined
  const leave = new AbortController()
  const all = AbortSignal.any([signal, leave.signal])
  const isOver = (): boolean => ended || all.aborted
  all.addEventListener('abort', () => wake(), { once: true })
  const sink: ByteSink = {
    write: chunk => {
      pending.push(chunk)
      size += chunk.length
      wake()
    },
    end: () => {
      ended = true
      wake()
    },
    cut: () => leave.abort(),
    get pendingBytes() {
      return size
    },
  }
  try {
    answer.stream!(sink, all)
    for (;;) {
      if (pending.length) {
        const batch = pending
        pending = []
        size = 0
        yield* batch
      } else if (isOver()) return
      else
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
  } finally {
    leave.abort()
  }
}

async function* whole(answer: Answer): AsyncGenerator<Uint8Array> {
  if (answer.bytes) yield* answer.bytes
  else if (answer.chunks) yield* answer.chunks
}

const flat = (headers: Answer['headers']): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v].flat().join(', ')]))

export const createInProcess = (user: UserInfo, handle: (request: ApiRequest) => Promise<Answer>): InProcessTransport => {
  const closed = new AbortController()
  return {
    request: async ({ method, path, headers, body, signal }) => {
      const all = signal ? AbortSignal.any([signal, closed.signal]) : closed.signal
      all.throwIfAborted()
      const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]))
      const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body as string)
      const answer = await handle({ method, url: path, headers: lower, peer: undefined, user, signal: all, body: () => Promise.resolve(bytes) })
      const response: InProcessResponse = { status: answer.status, headers: flat(answer.headers), body: answer.stream ? streamed(answer, all) : whole(answer) }
      if (answer.direct) {
        // Made when looked at: a reader of bytes does not pay for it.
        let made: DirectAnswer | undefined
        Object.defineProperty(response, 'direct', { get: () => (made ??= answer.direct!()), enumerable: true })
      }
      return response
    },
    close: () => {
      closed.abort(new Error('the transport is closed'))
      return Promise.resolve()
    },
  }
}
