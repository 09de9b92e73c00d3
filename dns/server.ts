// The sockets: UDP and TCP on one address.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import type { Logger } from '../base/log.ts'
import type { Respond } from './respond.ts'

export interface DnsServer {
  close(): Promise<void>
  readonly port: number
}

const idleMs = 10_000
const maxConnections = 512
/** Questions of one connection that are worked on at the same time. */
const maxPipelined = 32

const listenUdp = (address: string, port: number, respond: Respond, log: Logger): Promise<DnsServer> =>
  new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    let open = true
    socket.once('error', reject)
    socket.on('message', (query, from) => {
      void respond(query, 'udp').then(answer => {
        if (answer && open) socket.send(answer, from.port, from.address)
      })
    })
    socket.bind(port, address, () => {
      socket.off('error', reject)
      socket.on('error', error => log.warn({ err: error }, 'DNS socket'))
      resolve({
        port: socket.address().port,
        close: () =>
          new Promise(done => {
            open = false
            socket.close(() => done())
          }),
      })
    })
  })

const serveConnection = (socket: Socket, respond: Respond): void => {
  let heard = Buffer.alloc(0)
  let working = 0
  const next = (): void => {
    while (working < maxPipelined && heard.length >= 2) {
      const length = heard.readUInt16BE(0)
      if (heard.length < 2 + length) break
      const query = Buffer.from(heard.subarray(2, 2 + length))
      heard = heard.subarray(2 + length)
      working++
      void respond(query, 'tcp').then(answer => {
        working--
        if (!answer) {
          socket.destroy()
          return
        }
        const prefix = Buffer.allocUnsafe(2)
        prefix.writeUInt16BE(answer.length, 0)
        if (socket.writable) socket.write(Buffer.concat([prefix, answer]))
        socket.resume()
        next()
      })
    }
    if (working >= maxPipelined) socket.pause()
  }
  socket.setTimeout(idleMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes])
    next()
  })
}

const listenTcp = (address: string, port: number, respond: Respond): Promise<DnsServer> =>
  new Promise((resolve, reject) => {
    const connections = new Set<Socket>()
    const server = createServer(socket => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
      serveConnection(socket, respond)
    })
    server.maxConnections = maxConnections
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve({
        port,
        close: () =>
          new Promise(done => {
            server.close(() => done())
            for (const socket of connections) socket.destroy()
          }),
      })
    })
  })

/** Port 0 picks one for both. Throws one clear sentence. */
export const listen = async (address: string, port: number, respond: Respond, log: Logger): Promise<DnsServer> => {
  try {
    const udp = await listenUdp(address, port, respond, log)
    const tcp = await listenTcp(address, udp.port, respond).catch(async (error: unknown) => {
      await udp.close()
      throw error
    })
    return { port: udp.port, close: () => Promise.all([udp.close(), tcp.close()]).then(() => undefined) }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'another program listens there' : code === 'EADDRNOTAVAIL' ? 'this host does not have the address' : String(cause)
    throw new Error(`cluster DNS cannot listen on ${address}:${port}: ${why}`, { cause })
  }
}
