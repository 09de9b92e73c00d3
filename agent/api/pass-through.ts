// An upgraded connection (SPDY or WebSocket) handed on to containerd's streaming server byte for byte, in both directions.
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** Whoever asked has been let in already; what proved it is nobody else's business. */
const dropped = /^(host|authorization|cookie|impersonate-.*|x-remote-.*|x-forwarded-.*)$/i

export const passThrough = (request: IncomingMessage, client: Duplex, head: Buffer, target: string): void => {
  const { hostname, port, pathname, search, host } = new URL(target)
  const server = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) })
  const fail = (): void => {
    client.destroy()
    server.destroy()
  }
  server.setNoDelay(true)
  server.once('connect', () => {
    const lines = [`${request.method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`]
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      const name = request.rawHeaders[i]!
      if (!dropped.test(name)) lines.push(`${name}: ${request.rawHeaders[i + 1]}`)
    }
    server.write(`${lines.join('\r\n')}\r\n\r\n`)
    if (head.length) server.write(head)
    client.pipe(server)
    server.pipe(client)
  })
  server.on('error', error => {
    if (server.connecting || server.bytesRead === 0) respond(client, 502, `containerd's streaming server: ${error.message}`)
    fail()
  })
  client.on('error', fail)
  client.on('close', () => server.destroy())
  server.on('close', () => client.end())
}

/** A plain answer on a connection that was to be upgraded. */
export const respond = (client: Duplex, status: number, message: string): void => {
  const reasons: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    500: 'Internal Server Error',
    502: 'Bad Gateway',
  }
  client.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
}
