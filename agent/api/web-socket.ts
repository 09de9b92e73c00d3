// WebSockets that end in the agent, and the joining of one with a connection so that neither side is sent more than it takes.
import { readSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'

/** As upstream's server. */
const maxMessageBytes = 32 * 1024 * 1024
/** What may wait for a client that reads slowly. */
const maxWaitingBytes = 256 * 1024

export const offeredProtocols = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean)

/** `ws` refuses `SPDY/3.1+portforward.k8s.io`, which is no token of HTTP: it is not shown what was offered, and told what to answer. */
const withoutProtocols = (request: IncomingMessage): IncomingMessage => {
  const { 'sec-websocket-protocol': _offered, ...headers } = request.headers
  return Object.create(request, { headers: { value: headers } }) as IncomingMessage
}

/** Answers the handshake; nothing is read before `resume`. Rejects when it is none, which has been answered then. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> => {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: maxMessageBytes })
  if (protocol) server.on('headers', lines => lines.push(`Sec-WebSocket-Protocol: ${protocol}`))
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('the client left, or asked for no WebSocket'))
    if (socket.destroyed) fail()
    else {
      socket.once('close', fail)
      server.handleUpgrade(withoutProtocols(request), socket, head, client => {
        client.pause()
        resolve(client)
      })
    }
  })
}

/** Sends a message; `source` rests while the client has too much before it. */
export const sendBounded = (client: WebSocket, message: Buffer, source: Socket): void => {
  client.send(message, { binary: true }, () => {
    if (client.bufferedAmount <= maxWaitingBytes / 2) source.resume()
  })
  if (client.bufferedAmount > maxWaitingBytes) source.pause()
}

/**
 * A write that fails destroys its socket, and all that it has received with it: how a command ended that never read its stdin. Go's two
 * loops, one for each direction, lose nothing here; node:net has one for both, so the rest is read before it goes.
 */
const readRest = (socket: Socket): void => {
  const waiting = socket.read() as Buffer | null
  if (waiting) socket.emit('data', waiting)
  const { fd = -1 } = (socket as unknown as { _handle?: { fd?: number } | null })._handle ?? {}
  if (fd < 0) return
  const buffer = Buffer.alloc(64 * 1024)
  try {
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer)) socket.emit('data', Buffer.from(buffer.subarray(0, bytes)))
  } catch {
    // The reset itself comes last.
  }
}

/** Writes to `target`; the client is not read while that cannot take more. */
export const writeBounded = (target: Socket, bytes: Buffer, client: WebSocket): void => {
  const written = (error?: Error | null): void => {
    if (error && !target.destroyed) readRest(target)
  }
  if (target.destroyed || target.write(bytes, written) || client.isPaused) return
  client.pause()
  target.once('drain', () => client.resume())
}

/** Whichever ends, the other does: the server normally when `isDone` says that all was said, else as broken off. */
export const endTogether = (client: WebSocket, server: Socket, isDone: () => boolean): void => {
  client.on('error', () => client.terminate())
  // What was sent before it left is still delivered.
  client.on('close', () => server.destroySoon())
  server.on('error', () => server.destroy())
  server.on('close', () => {
    client.resume()
    if (isDone()) client.close(1000)
    else client.close(1011, "containerd's streaming server broke off")
  })
}
