// Port-forward whose SPDY connection is carried in the binary messages of a WebSocket (KEP-4006): unpacked here, its bytes are containerd's.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { upgradeToSpdy } from './spdy-upgrade.ts'
import { acceptWebSocket, endTogether, offeredProtocols, sendBounded, writeBounded } from './web-socket.ts'

const prefix = 'SPDY/3.1+'

/** The protocols that the client would speak within the tunnel; empty when it asks for none. */
export const tunnelledProtocols = (request: IncomingMessage): string[] =>
  offeredProtocols(request)
    .filter(name => name.startsWith(prefix) && name.endsWith('.k8s.io'))
    .map(name => name.slice(prefix.length))

export const runTunnel = async (request: IncomingMessage, socket: Duplex, head: Buffer, url: string): Promise<void> => {
  const server = await upgradeToSpdy(url, tunnelledProtocols(request))
  const client = await acceptWebSocket(request, socket, head, server.protocol && prefix + server.protocol).catch((error: unknown) => {
    server.socket.destroy()
    throw error
  })
  endTogether(client, server.socket, () => true)
  client.on('message', (message: Buffer, isBinary) => {
    if (isBinary) writeBounded(server.socket, message, client)
    else client.close(1003)
  })
  const send = (bytes: Buffer): void => sendBounded(client, bytes, server.socket)
  if (server.head.length) send(server.head)
  server.socket.on('data', send)
  client.resume()
}
