// A TCP proxy that misbehaves on demand: cuts its connections, refuses new ones, or goes silent while staying open.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface TcpProxy {
  readonly endpoint: string
  /** Ends every connection; new ones are made as before. */
  cut(): void
  /** Ends every connection, and new ones at once. */
  refuse(): void
  /** Existing and new connections stay open and carry nothing any more. */
  hang(): void
  /** New connections work again; those that hung stay silent for ever. */
  heal(): void
  /** New connections go to another port; existing ones end. */
  retarget(port: number): void
}

export const startProxy = async (t: Test, targetPort: number): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  let target = targetPort
  let mode: 'open' | 'refuse' | 'hang' = 'open'
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer(inner => {
    track(inner)
    if (mode === 'refuse') inner.destroy()
    if (mode !== 'open') return
    const outer = connect(target, '127.0.0.1')
    track(outer)
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
    inner.pipe(outer)
    outer.pipe(inner)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    refuse: () => {
      mode = 'refuse'
      cut()
    },
    hang: () => {
      mode = 'hang'
      for (const socket of sockets) {
        socket.unpipe()
        socket.pause()
      }
    },
    heal: () => {
      mode = 'open'
    },
    retarget: port => {
      target = port
      cut()
    },
  }
}
