// A WebSocket on one side, what spdystream sends on the other.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { runRemoteCommand } from '../../../../agent/api/remote-command.ts'
import type { StreamOptions } from '../../../../agent/cri/streaming.ts'

const control = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([0x80, 3, 0, type, 0, 0, 0, body.length]), body])
const word = (value: number): Buffer => Buffer.from([0, 0, 0, value])
const data = (id: number, text: string, flags = 0): Buffer => Buffer.concat([word(id), Buffer.from([flags, 0, 0, text.length]), Buffer.from(text)])

interface Frame {
  readonly control: boolean
  readonly type: number
  readonly id: number
  readonly flags: number
  readonly body: Buffer
}

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** What containerd does with each frame that it is sent. */
const startRuntime = async (onFrame: (frame: Frame, socket: Socket) => void): Promise<{ url: string; close(): void }> => {
  const server = createServer()
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n')
    let bytes = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUIntBE(5, 3)) {
        const body = bytes.subarray(8, 8 + bytes.readUIntBE(5, 3))
        const isControl = bytes[0]! >= 0x80
        const frame = { control: isControl, type: bytes.readUInt16BE(2), id: isControl ? body.readUInt32BE(0) : bytes.readUInt32BE(0), flags: bytes[4]!, body }
        bytes = bytes.subarray(8 + body.length)
        onFrame(frame, socket)
      }
    })
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}/exec/token`, close: () => server.close() }
}

const startAgent = async (url: string, options: StreamOptions): Promise<{ port: number; close(): void }> => {
  const server = createServer()
  server.on('upgrade', (request, socket, head) => void runRemoteCommand(request, socket, head, url, options))
  return { port: await listen(server), close: () => server.close() }
}

const ended = '{"metadata":{},"status":"Success"}'
const flags = { stdin: true, stdout: true, stderr: true, tty: false }

/** Runs one command and tells what the client was sent. */
const run = async (
  t: { teardown(run: () => void): void },
  onFrame: (frame: Frame, socket: Socket) => void,
  say: (client: WebSocket) => void,
): Promise<{ code: number; channels: Record<number, string> }> => {
  const runtime = await startRuntime(onFrame)
  const agent = await startAgent(runtime.url, flags)
  t.teardown(() => {
    agent.close()
    runtime.close()
  })
  const client = new WebSocket(`ws://127.0.0.1:${agent.port}/`, ['v5.channel.k8s.io'])
  const channels: Record<number, string> = {}
  client.on('message', (message: Buffer) => {
    channels[message[0]!] = (channels[message[0]!] ?? '') + message.subarray(1).toString()
  })
  client.on('open', () => say(client))
  const [code] = (await once(client, 'close')) as [number]
  return { code, channels }
}

const reply = (frame: Frame, socket: Socket): void => {
  if (frame.control && frame.type === 1) socket.write(control(2, Buffer.concat([word(frame.id), Buffer.from('headers')])))
}
const finish = (socket: Socket): void => {
  socket.write(data(7, ended))
  for (const id of [1, 3, 5, 7]) socket.write(control(3, Buffer.concat([word(id), word(5)])))
  socket.write(control(7, Buffer.alloc(8)))
  socket.end()
}

await t.test('stdin of many frames without an answer, and then the end', async t => {
  let received = 0
  const { code, channels } = await run(
    t,
    (frame, socket) => {
      reply(frame, socket)
      if (frame.control || frame.id !== 1) return
      received += frame.body.length
      if (frame.flags === 1) finish(socket)
    },
    client => {
      for (let i = 0; i < 100; i++) client.send(Buffer.alloc(32 * 1024 + 1))
      client.send(Buffer.from([255, 0]))
    },
  )
  t.equal(received, 100 * 32 * 1024)
  t.equal(code, 1000)
  t.same(channels, { 1: '', 3: ended })
})

await t.test('a command that ends without reading its stdin: how it ended is told all the same', async t => {
  let over = false
  const { code, channels } = await run(
    t,
    (frame, socket) => {
      reply(frame, socket)
      if (frame.control || over) return
      over = true
      // What is in the receive buffer when a connection is closed makes the kernel reset it.
      socket.pause()
      socket.write(Buffer.concat([data(5, 'cannot open'), data(7, ended)]), () => socket.resetAndDestroy())
    },
    client => {
      for (let i = 0; i < 200; i++) client.send(Buffer.alloc(32 * 1024 + 1))
      client.send(Buffer.from([255, 0]))
    },
  )
  t.same(channels, { 1: '', 2: 'cannot open', 3: ended })
  t.equal(code, 1000)
})

await t.test('a runtime that keeps the connection although the command has ended', async t => {
  let over = false
  const { code, channels } = await run(
    t,
    (frame, socket) => {
      reply(frame, socket)
      if (frame.control || over) return
      over = true
      socket.pause()
      socket.write(Buffer.concat([data(7, ended), control(3, Buffer.concat([word(7), word(5)]))]))
      t.teardown(() => socket.destroy())
    },
    client => {
      for (let i = 0; i < 400; i++) client.send(Buffer.alloc(32 * 1024 + 1))
    },
  )
  t.same(channels, { 1: '', 3: ended })
  t.equal(code, 1000)
})

await t.test('a runtime that breaks off', async t => {
  const { code } = await run(
    t,
    (frame, socket) => {
      if (frame.control) socket.destroy()
    },
    () => undefined,
  )
  t.equal(code, 1011)
})
