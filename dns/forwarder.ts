// Asks the host's resolvers about everything that is not the cluster's, and remembers their answers for a while. Messages go through as they
// are, under an id and a source port of their own.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createConnection, isIPv6 } from 'node:net'
import type { Clock } from '../base/clock.ts'
import type { TimesToLive } from './records/wire.ts'
import { findTimesToLive, withAge } from './records/wire.ts'

export interface ForwarderOptions {
  /** Read for every question; may change at any time. Addresses, or `address#port`. */
  readonly nameservers: () => readonly string[]
  readonly clock: Clock
  readonly timeoutMs?: number
}

export interface Forwarder {
  /** The answer under the question's id; undefined when no resolver gave one. `key` names questions that have the same answer. */
  ask(query: Buffer, key: string, protocol: 'udp' | 'tcp'): Promise<Buffer | undefined>
}

interface Remembered {
  readonly message: Buffer
  readonly ttl: TimesToLive
  readonly since: number
  readonly until: number
}

const maxSeconds = 30
const maxRemembered = 10_000
const maxInFlight = 1000
const truncated = 0x0200
const noError = 0
const noName = 3

const split = (nameserver: string): { host: string; port: number } => {
  const [host = '', port = '53'] = nameserver.split('#')
  return { host, port: Number(port) }
}

/** The question section and id agree: what comes from elsewhere is not believed. */
const isAnswerTo = (answer: Buffer, query: Buffer, id: number): boolean => {
  if (answer.length < 12 || answer.readUInt16BE(0) !== id || (answer[2]! & 0x80) === 0) return false
  let end = 12
  while (end < query.length && query[end] !== 0) end += 1 + query[end]!
  return answer.subarray(12, end + 5).equals(query.subarray(12, end + 5))
}

const overUdp = (nameserver: string, query: Buffer, timeoutMs: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { host, port } = split(nameserver)
    const id = randomInt(0x10000)
    const message = Buffer.from(query)
    message.writeUInt16BE(id, 0)
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const end = (error?: Error, answer?: Buffer): void => {
      clearTimeout(timer)
      socket.close()
      if (answer) resolve(answer)
      else reject(error ?? new Error('no answer'))
    }
    const timer = setTimeout(() => end(new Error(`${nameserver} did not answer within ${timeoutMs} ms`)), timeoutMs)
    socket.once('error', error => end(error))
    socket.on('message', answer => {
      if (isAnswerTo(answer, query, id)) end(undefined, answer)
    })
    socket.connect(port, host, () => socket.send(message))
  })

const overTcp = (nameserver: string, query: Buffer, timeoutMs: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { host, port } = split(nameserver)
    const id = randomInt(0x10000)
    const message = Buffer.allocUnsafe(query.length + 2)
    message.writeUInt16BE(query.length, 0)
    query.copy(message, 2)
    message.writeUInt16BE(id, 2)
    const socket = createConnection({ host, port })
    let heard = Buffer.alloc(0)
    const end = (error?: Error, answer?: Buffer): void => {
      clearTimeout(timer)
      socket.destroy()
      if (answer) resolve(answer)
      else reject(error ?? new Error('no answer'))
    }
    const timer = setTimeout(() => end(new Error(`${nameserver} did not answer within ${timeoutMs} ms`)), timeoutMs)
    socket.once('error', error => end(error))
    socket.once('end', () => end(new Error(`${nameserver} closed the connection`)))
    socket.once('connect', () => socket.write(message))
    socket.on('data', (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes])
      if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return
      const answer = heard.subarray(2, 2 + heard.readUInt16BE(0))
      if (isAnswerTo(answer, query, id)) end(undefined, answer)
      else end(new Error(`${nameserver} answered something else`))
    })
  })

export const createForwarder = ({ nameservers, clock, timeoutMs = 2000 }: ForwarderOptions): Forwarder => {
  const remembered = new Map<string, Remembered>()
  const inFlight = new Map<string, Promise<Buffer | undefined>>()

  const remember = (key: string, message: Buffer): void => {
    const flags = message.readUInt16BE(2)
    const rcode = flags & 0xf
    const ttl = findTimesToLive(message)
    if (!ttl || (flags & truncated) !== 0 || (rcode !== noError && rcode !== noName)) return
    const seconds = Math.min(ttl.least, maxSeconds)
    if (seconds === 0) return
    remembered.delete(key)
    remembered.set(key, { message, ttl, since: clock.now(), until: clock.now() + seconds * 1000 })
    if (remembered.size <= maxRemembered) return
    const [oldest] = remembered.keys()
    if (oldest !== undefined) remembered.delete(oldest)
  }
  const askAll = async (query: Buffer, key: string, protocol: 'udp' | 'tcp'): Promise<Buffer | undefined> => {
    let refusal: Buffer | undefined
    for (const nameserver of nameservers().slice(0, 3)) {
      const answer = await (protocol === 'udp' ? overUdp : overTcp)(nameserver, query, timeoutMs).catch(() => undefined)
      if (!answer) continue
      const rcode = answer.readUInt16BE(2) & 0xf
      if (rcode === noError || rcode === noName) {
        remember(key, answer)
        return answer
      }
      refusal ??= answer
    }
    return refusal
  }
  return {
    ask: async (query, question, protocol) => {
      const key = `${protocol} ${question}`
      const id = query.readUInt16BE(0)
      const known = remembered.get(key)
      if (known && known.until > clock.now()) return withAge(known.message, known.ttl, id, Math.floor((clock.now() - known.since) / 1000))
      let running = inFlight.get(key)
      if (!running) {
        if (inFlight.size >= maxInFlight) return undefined
        running = askAll(query, key, protocol).finally(() => inFlight.delete(key))
        inFlight.set(key, running)
      }
      const answer = await running
      if (!answer) return undefined
      const copy = Buffer.from(answer)
      copy.writeUInt16BE(id, 0)
      return copy
    },
  }
}
