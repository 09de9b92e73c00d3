// containerd's event stream of the namespace k8s.io, decoded to what the agent acts on. No replay: whoever subscribes (again)
// must look at everything afresh after `connected`.
import type { GrpcChannel } from '../../base/grpc.ts'
import { toCriError } from './error.ts'

export type RuntimeEvent =
  /** The stream stands; what happened before is unknown. */
  | { type: 'connected' }
  /** The first process of a container or sandbox ended. */
  | { type: 'exit'; id: string; pid: number; exitCode: number; atMs: number }
  | { type: 'oom'; id: string }
  | { type: 'image'; name: string; change: 'create' | 'update' | 'delete' }

export interface ContainerdEvents {
  /** Ends with the signal; throws CriError when the connection is lost. */
  subscribe(signal: AbortSignal): AsyncIterable<RuntimeEvent>
}

interface Envelope {
  namespace: string
  topic: string
  event: { type_url: string; value: Buffer } | null
}
interface Timestamp {
  seconds: string
  nanos: number
}
interface TaskExit {
  containerId: string
  id: string
  pid: number
  exitStatus: number
  exitedAt: Timestamp | null
}

const topics = ['/tasks/exit', '/tasks/oom', '/images/create', '/images/update', '/images/delete']
const filters = topics.map(topic => `namespace==k8s.io,topic=="${topic}"`)

export const createContainerdEvents = (channel: GrpcChannel): ContainerdEvents => ({
  async *subscribe(signal) {
    const service = channel.service('containerd.services.events.v1.Events')
    const left = new AbortController()
    try {
      const stream = service.stream<Envelope>('Subscribe', { filters }, { signal: AbortSignal.any([signal, left.signal]) })[Symbol.asyncIterator]()
      // The generator sends its request when it is first asked; `connected` must not come before that.
      const ask = (): ReturnType<typeof stream.next> => {
        const answer = stream.next()
        // The reader may leave before it is awaited.
        answer.catch(() => undefined)
        return answer
      }
      let next = ask()
      yield { type: 'connected' }
      for (;;) {
        const result: IteratorResult<Envelope, unknown> = await next
        if (result.done) return
        const event = toEvent(channel, result.value)
        if (event) yield event
        next = ask()
      }
    } catch (error) {
      throw toCriError('Subscribe', error)
    } finally {
      left.abort()
    }
  },
})

const toEvent = (channel: GrpcChannel, { topic, event }: Envelope): RuntimeEvent | undefined => {
  if (!event) return undefined
  const message = channel.decode(event.type_url.slice(event.type_url.lastIndexOf('/') + 1), event.value)
  switch (topic) {
    case '/tasks/exit': {
      const exit = message as TaskExit
      // Execs report under their own id.
      if (exit.id !== exit.containerId) return undefined
      return { type: 'exit', id: exit.containerId, pid: exit.pid, exitCode: exit.exitStatus, atMs: exit.exitedAt ? toMilliseconds(exit.exitedAt) : Date.now() }
    }
    case '/tasks/oom':
      return { type: 'oom', id: (message as { containerId: string }).containerId }
    case '/images/create':
      return { type: 'image', name: (message as { name: string }).name, change: 'create' }
    case '/images/update':
      return { type: 'image', name: (message as { name: string }).name, change: 'update' }
    case '/images/delete':
      return { type: 'image', name: (message as { name: string }).name, change: 'delete' }
    default:
      return undefined
  }
}

const toMilliseconds = ({ seconds, nanos }: Timestamp): number => Number(seconds) * 1000 + Math.floor(nanos / 1e6)
