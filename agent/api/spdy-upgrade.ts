// A connection to containerd's streaming server, upgraded to SPDY/3.1.
import { request, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { ApiRefusal } from './lookup.ts'

export interface SpdyConnection {
  readonly socket: Socket
  /** What the server sent along with its answer. */
  readonly head: Buffer
  /** Of those offered, the one that it chose. */
  readonly protocol: string
}

const protocolHeader = 'x-stream-protocol-version'

/** Throws ApiRefusal with what the server answered instead. */
export const upgradeToSpdy = (url: string, protocols: readonly string[]): Promise<SpdyConnection> =>
  new Promise((resolve, reject) => {
    const headers = { 'Connection': 'Upgrade', 'Upgrade': 'SPDY/3.1', 'X-Stream-Protocol-Version': [...protocols] }
    request(url, { method: 'POST', agent: false, headers })
      .on('upgrade', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
        socket.setNoDelay(true)
        resolve({ socket, head, protocol: String(answer.headers[protocolHeader] ?? '') })
      })
      .on('response', (answer: IncomingMessage) => {
        text(answer).then(why => reject(new ApiRefusal(answer.statusCode ?? 502, why.trim())), reject)
      })
      .on('error', error => reject(new ApiRefusal(502, `containerd's streaming server: ${error.message}`)))
      .end()
  })
