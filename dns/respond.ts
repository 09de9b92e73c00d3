// From the bytes of a question to the bytes of its answer.
import type { Answer, Packet, Question } from 'dns-packet'
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet'
import type { Logger } from '../base/log.ts'
import type { Forwarder } from './forwarder.ts'
import { resolve } from './records/resolve.ts'
import type { ClusterView, RecordData, Zone } from './records/view.ts'

export type Respond = (query: Buffer, protocol: 'udp' | 'tcp') => Promise<Buffer | undefined>

export interface RespondOptions {
  readonly zone: Zone
  readonly view: ClusterView
  /** False until the view is complete: then no name of the cluster may be denied. */
  readonly isReady: () => boolean
  readonly forwarder: Forwarder
  readonly log: Logger
  /** 0 to 1; turns the order of answers. */
  readonly random?: () => number
}

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const minUdp = 512
/** What passes every path unfragmented (DNS flag day 2020). */
const ourUdp = 1232
const maxCnames = 8

/** What the codec gives beyond its types. */
interface Opt {
  readonly type: 'OPT'
  readonly udpPayloadSize: number
  readonly flag_do: boolean
}

const toAnswers = (records: readonly RecordData[]): Answer[] =>
  records.map(r => ({ name: r.name, type: r.type, class: 'IN', ttl: r.ttl, data: r.data }) as unknown as Answer)

/** Answers that fit; what does not, is cut from the end, and the flag says so. */
const encodeWithin = (packet: Packet & { answers: Answer[]; additionals: Answer[] }, limit: number): Buffer => {
  const whole = encode(packet)
  if (whole.length <= limit) return whole
  const opt = packet.additionals.filter(a => a.type === 'OPT')
  const bare = encode({ ...packet, additionals: opt })
  // additional records are a courtesy: leaving them out is no truncation
  if (bare.length <= limit) return bare
  let [fits, over] = [0, packet.answers.length]
  const cut = (count: number): Buffer =>
    encode({ ...packet, additionals: opt, authorities: [], answers: packet.answers.slice(0, count), flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE })
  while (over - fits > 1) {
    const middle = (fits + over) >> 1
    if (cut(middle).length <= limit) fits = middle
    else over = middle
  }
  return cut(fits)
}

export const createRespond = ({ zone, view, isReady, forwarder, log, random = Math.random }: RespondOptions): Respond => {
  const rotate = <T>(items: readonly T[]): T[] => {
    const start = Math.floor(random() * items.length)
    return [...items.slice(start), ...items.slice(0, start)]
  }
  /** A CNAME to a name elsewhere is followed there, as a resolver does for its clients. */
  const follow = async (target: string, type: string, protocol: 'udp' | 'tcp', depth = 0): Promise<Answer[]> => {
    if (depth >= maxCnames) return []
    const local = resolve(target, type, zone, view)
    if (local.kind === 'answer') {
      const next = local.answers.find(a => a.type === 'CNAME')
      return [...toAnswers(local.answers), ...(next ? await follow(String(next.data), type, protocol, depth + 1) : [])]
    }
    const query = encode({ type: 'query', id: 0, flags: RECURSION_DESIRED, questions: [{ name: target, type: type as 'A', class: 'IN' }] })
    const answer = await forwarder.ask(query, `${target} ${type} IN`, protocol)
    return answer ? (decode(answer).answers ?? []).filter(a => a.type !== 'OPT') : []
  }

  return async (query, protocol) => {
    let packet: Packet & { opcode?: string }
    try {
      packet = decode(query)
    } catch {
      if (query.length < 12 || (query[2]! & 0x80) !== 0) return undefined
      return encode({ type: 'response', id: query.readUInt16BE(0), flags: rcodes.FORMERR })
    }
    // an answer is not answered: two servers would never end
    if (packet.type === 'response') return undefined
    const id = packet.id ?? 0
    const recursion = (packet.flags ?? 0) & RECURSION_DESIRED
    const opt = packet.additionals?.find(a => a.type === 'OPT') as unknown as Opt | undefined
    const optBack = (opt ? [{ type: 'OPT', name: '.', udpPayloadSize: ourUdp, flags: 0, options: [] }] : []) as unknown as Answer[]
    const limit = protocol === 'tcp' ? 65_535 : Math.max(minUdp, Math.min(opt?.udpPayloadSize ?? minUdp, ourUdp))
    const questions = packet.questions ?? []
    const reply = (rcode: number, parts: { answers?: Answer[]; additionals?: Answer[]; authorities?: Answer[]; authoritative?: boolean } = {}): Buffer =>
      encodeWithin(
        {
          type: 'response',
          id,
          questions,
          answers: parts.answers ?? [],
          authorities: parts.authorities ?? [],
          additionals: [...(parts.additionals ?? []), ...optBack],
          flags: rcode | RECURSION_AVAILABLE | recursion | (parts.authoritative ? AUTHORITATIVE_ANSWER : 0),
        },
        limit,
      )

    if (packet.opcode !== undefined && packet.opcode !== 'QUERY') return reply(rcodes.NOTIMP)
    const [question] = questions as (Question & { class?: string })[]
    if (!question || questions.length !== 1) return reply(rcodes.FORMERR)
    const { name, type } = question
    if (type === 'AXFR' || type === 'IXFR') return reply(rcodes.REFUSED)
    try {
      const resolution = resolve(name, type, zone, view)
      if (resolution.kind === 'elsewhere') {
        const key = `${name} ${type} ${question.class ?? ''} ${opt ? `${opt.udpPayloadSize} ${opt.flag_do}` : ''} ${recursion}`
        return (await forwarder.ask(query, key, protocol)) ?? reply(rcodes.SERVFAIL)
      }
      if (!isReady()) return reply(rcodes.SERVFAIL)
      const answers = toAnswers(rotate(resolution.answers))
      const alias = type === 'CNAME' ? undefined : resolution.answers.find(a => a.type === 'CNAME')
      if (alias) answers.push(...(await follow(String(alias.data), type, protocol)))
      return reply(rcodes[resolution.rcode], {
        answers,
        additionals: toAnswers(resolution.additionals),
        authorities: toAnswers(resolution.authorities),
        authoritative: true,
      })
    } catch (error) {
      log.error({ err: error, name, type }, 'a question could not be answered')
      return reply(rcodes.SERVFAIL)
    }
  }
}
