// exec and attach over `v5.channel.k8s.io`, ended here and carried on to containerd as SPDY, which alone can say that stdin has ended.
// A message is a channel's number and its bytes; channel 255 names a channel that the client has no more for (KEP-4006).
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { StreamOptions } from '../cri/streaming.ts'
import { createFrameReader, endOfStream, openStreams, streamId, toDataFrames } from './spdy-frames.ts'
import { upgradeToSpdy } from './spdy-upgrade.ts'
import { acceptWebSocket, endTogether, sendBounded, writeBounded } from './web-socket.ts'

export const remoteCommandProtocol = 'v5.channel.k8s.io'
const serverProtocol = 'v4.channel.k8s.io'
const channels = ['stdin', 'stdout', 'stderr', 'error', 'resize'] as const
type Channel = (typeof channels)[number]
const closeChannel = 255

/** containerd waits for exactly these. */
const streamsFor = ({ stdin, stdout, stderr, tty }: StreamOptions): Channel[] => {
  const wanted: Readonly<Record<Channel, boolean>> = { error: true, stdin, stdout, stderr, resize: tty }
  return channels.filter(name => wanted[name])
}

export const runRemoteCommand = async (request: IncomingMessage, socket: Duplex, head: Buffer, url: string, options: StreamOptions): Promise<void> => {
  const streams = streamsFor(options)
  const server = await upgradeToSpdy(url, [serverProtocol])
  const client = await acceptWebSocket(request, socket, head, remoteCommandProtocol).catch((error: unknown) => {
    server.socket.destroy()
    throw error
  })
  server.socket.write(openStreams(streams.map(streamType => ({ streamType }))))
  const idOf = (channel: Channel): number | undefined => (streams.includes(channel) ? streamId(streams.indexOf(channel)) : undefined)
  const send = (channel: Channel, bytes: Buffer): void => sendBounded(client, Buffer.concat([Buffer.from([channels.indexOf(channel)]), bytes]), server.socket)
  // Tells the client that the other side is there, as upstream's server does.
  send(options.stdout ? 'stdout' : options.stderr ? 'stderr' : 'error', Buffer.alloc(0))

  let told = false
  const opening = new Set(streams.map((_, index) => streamId(index)))
  const read = createFrameReader({
    opened: id => {
      opening.delete(id)
      if (!opening.size) client.resume()
    },
    data: (id, piece) => {
      const channel = streams[(id - 1) / 2]
      if (!channel) return
      if (channel === 'error') told = true
      send(channel, piece)
    },
    // All was said; stdin that nobody reads would never be written out.
    ended: id => {
      if (told && id === idOf('error')) server.socket.destroy()
    },
    ping: frame => server.socket.write(frame),
    goAway: () => server.socket.destroy(),
  })
  const receive = (chunk: Buffer): void => {
    try {
      read(chunk)
    } catch {
      server.socket.destroy()
    }
  }
  endTogether(client, server.socket, () => told)

  let stdinOpen = options.stdin
  client.on('message', (message: Buffer) => {
    const channel = channels[message[0] ?? closeChannel]
    if (message[0] === closeChannel && message.length === 2 && channels[message[1]!] === 'stdin') {
      if (stdinOpen) server.socket.write(endOfStream(idOf('stdin')!))
      stdinOpen = false
    } else if (channel === 'resize' || (channel === 'stdin' && stdinOpen)) {
      const id = idOf(channel)
      if (id !== undefined) for (const frame of toDataFrames(id, message.subarray(1))) writeBounded(server.socket, frame, client)
    }
  })
  if (server.head.length) receive(server.head)
  server.socket.on('data', receive)
}
