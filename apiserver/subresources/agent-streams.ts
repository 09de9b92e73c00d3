// pods/log, exec, attach, portforward: passed on to the agent of the pod's node, byte for byte, over HTTPS with our client certificate.
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type FieldError, forbiddenField, invalid, invalidValue } from '../../api/field-error.ts'
import { badRequest, internalError, notFound, StatusError } from '../../api/status.ts'
import type { Context, Handler, Parts, Reply } from '../context.ts'
import type { Answer } from '../http/answer.ts'
import type { Served } from '../resource-table.ts'
import type { Subresource } from './registry.ts'

interface Pod {
  metadata: { uid?: string; annotations?: Record<string, string> }
  spec: { nodeName?: string; containers: { name: string }[]; initContainers?: { name: string }[]; ephemeralContainers?: { name: string }[] }
}
interface Node {
  status?: { addresses?: { type: string; address: string }[]; daemonEndpoints?: { kubeletEndpoint?: { Port?: number } } }
}

const agentPort = 10250

/** Where the agent of a node listens. Throws 404 when there is no such node, 500 when it has no address yet. */
const locateAgent = async (parts: Parts, nodeName: string, signal: AbortSignal): Promise<{ host: string; port: number }> => {
  const nodes = parts.table.stored('nodes')
  const entry = await parts.store.get(nodes.keyOf('', nodeName), 'any', signal)
  // As upstream words it: the pod's resource with the node's name.
  if (!entry) throw notFound({ group: '', plural: 'pods' }, nodeName)
  const { status } = entry.object() as unknown as Node
  for (const type of ['InternalIP', 'Hostname', 'ExternalIP']) {
    const address = status?.addresses?.find(a => a.type === type)?.address
    if (address) return { host: address, port: status.daemonEndpoints?.kubeletEndpoint?.Port ?? agentPort }
  }
  throw internalError(`no preferred addresses found; known addresses: ${JSON.stringify(status?.addresses ?? [])}`)
}

const containersOf = ({ spec }: Pod): string[] => [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(c => c.name)

/** The container that is meant: named, or the only one, or the one that the pod's annotation gives for kubectl. */
const chooseContainer = (pod: Pod, podName: string, wanted: string | null): string => {
  const known = containersOf(pod)
  if (wanted) {
    if (!known.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${podName}`)
    return wanted
  }
  const [only, ...more] = pod.spec.containers
  if (!only) throw badRequest(`a container name must be specified for pod ${podName}`)
  if (!more.length) return only.name
  const others = (pod.spec.initContainers ?? []).length ? ` or one of the init containers: [${pod.spec.initContainers!.map(c => c.name).join(' ')}]` : ''
  throw badRequest(`a container name must be specified for pod ${podName}, choose one of: [${pod.spec.containers.map(c => c.name).join(' ')}]${others}`)
}

const readPod = async (parts: Parts, context: Context, served: Served): Promise<Pod> => {
  const { info, request } = context
  const entry =
    (await parts.store.get(served.keyOf(info.namespace, info.name), 'any', request.signal)) ??
    (await parts.store.get(served.keyOf(info.namespace, info.name), 'consistent', request.signal))
  if (!entry) throw notFound(served.record, info.name)
  return entry.object() as unknown as Pod
}

/** Headers that say who asks are for us alone. */
const isOurs = (name: string): boolean => /^(authorization|cookie|host|impersonate-.*|x-remote-.*)$/i.test(name)

const toOptions = (parts: Parts, { host, port }: { host: string; port: number }): RequestOptions => {
  const client = parts.config.agentClient
  return {
    host,
    port,
    ...(client && { cert: client.cert, key: client.key, ...(client.ca !== undefined && { ca: client.ca }) }),
    rejectUnauthorized: client?.ca !== undefined,
    agent: false,
  }
}

const unreachable = (nodeName: string, error: Error): StatusError =>
  new StatusError(502, 'ServiceUnavailable', `the agent of node ${nodeName} cannot be reached: ${error.message}`, undefined, { cause: error })

/** An ordinary answer of the agent, passed on as it comes. */
const passAnswer = (parts: Parts, context: Context, nodeName: string, target: { host: string; port: number }, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ ...toOptions(parts, target), method: 'GET', path, signal: context.request.signal })
    outgoing.on('error', error => reject(unreachable(nodeName, error)))
    outgoing.on('response', response => {
      const status = response.statusCode ?? 502
      if (status >= 400) {
        collect(response).then(
          text =>
            reject(
              new StatusError(
                status,
                status === 404 ? 'NotFound' : status === 400 ? 'BadRequest' : 'InternalError',
                text.trim() || `the agent answered ${status}`,
                {},
              ),
            ),
          reject,
        )
        return
      }
      resolve({
        status,
        headers: { 'content-type': response.headers['content-type'] ?? 'text/plain' },
        stream: (sink, closed) => pump(response, sink, closed, parts.config.limits.watchBufferBytes),
      })
    })
    outgoing.end()
  })

const collect = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) if ((size += chunk.length) < 64 * 1024) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Copies with back-pressure: the agent is read only as fast as the client reads. */
const pump = (from: IncomingMessage, sink: Parameters<NonNullable<Answer['stream']>>[0], closed: AbortSignal, highWater: number): void => {
  closed.addEventListener('abort', () => from.destroy(), { once: true })
  const resume = (): void => {
    if (sink.pendingBytes < highWater / 2) from.resume()
    else setTimeout(resume, 20).unref()
  }
  from.on('data', (chunk: Buffer) => {
    sink.write(chunk)
    if (sink.pendingBytes > highWater) {
      from.pause()
      resume()
    }
  })
  from.on('end', () => sink.end())
  from.on('error', () => sink.end())
}

/** Joins two connections until one of them ends. */
const join = (a: Duplex, b: Duplex): void => {
  const end = (): void => {
    a.destroy()
    b.destroy()
  }
  a.pipe(b)
  b.pipe(a)
  for (const side of [a, b]) side.on('error', end).on('close', end)
}

/** An upgrade: the agent's answer is written to the client as it came, and the two connections become one. */
const passUpgrade = (parts: Parts, context: Context, nodeName: string, target: { host: string; port: number }, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { socket, head, rawHeaders } = context.request.upgrade!
    const headers: string[] = ['Host', `${target.host}:${target.port}`]
    for (let i = 0; i < rawHeaders.length; i += 2) if (!isOurs(rawHeaders[i]!)) headers.push(rawHeaders[i]!, rawHeaders[i + 1]!)
    const outgoing = httpsRequest({
      ...toOptions(parts, target),
      method: context.info.method,
      path,
      headers: headers,
      setDefaultHeaders: false,
    } as RequestOptions)
    outgoing.on('error', error => reject(unreachable(nodeName, error)))
    outgoing.on('upgrade', (response, upstream, upstreamHead) => {
      resolve({
        status: 101,
        headers: {},
        takeOver: () => {
          const lines = [`HTTP/1.1 101 ${response.statusMessage ?? 'Switching Protocols'}`]
          for (let i = 0; i < response.rawHeaders.length; i += 2) lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}`)
          socket.write(`${lines.join('\r\n')}\r\n\r\n`)
          if (upstreamHead.length) socket.write(upstreamHead)
          if (head.length) upstream.write(head)
          join(socket, upstream)
        },
      })
    })
    outgoing.on('response', response => {
      collect(response).then(text => {
        const status = response.statusCode ?? 502
        // The agent's refusal is the client's answer: kubectl falls back from WebSocket to SPDY when it sees one.
        resolve({ status, headers: { 'content-type': response.headers['content-type'] ?? 'text/plain' }, bytes: [Buffer.from(text)] })
      }, reject)
    })
    outgoing.end()
  })

const query = (pairs: readonly (readonly [string, string])[]): string => {
  const text = new URLSearchParams(pairs.map(([k, v]) => [k, v])).toString()
  return text && `?${text}`
}

const logOptions = [
  'follow',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
  'insecureSkipTLSVerifyBackend',
  'stream',
] as const
const integers = new Set(['sinceSeconds', 'tailLines', 'limitBytes'])

/** Upstream's ValidatePodLogOptions. */
const checkLogOptions = (podName: string, query: URLSearchParams): void => {
  const errors: FieldError[] = []
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined)
  const [tail, limit, since] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')]
  if (tail !== undefined && tail < 0) errors.push(invalidValue('tailLines', tail, 'must be greater than or equal to 0'))
  if (limit !== undefined && limit < 1) errors.push(invalidValue('limitBytes', limit, 'must be greater than 0'))
  if (since !== undefined && query.has('sinceTime')) errors.push(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (since !== undefined && since < 1) errors.push(invalidValue('sinceSeconds', since, 'must be greater than 0'))
  if (errors.length) throw invalid({ group: '', kind: 'PodLogOptions' }, podName, errors)
}

const getLog: Handler = async (parts, context, served): Promise<Reply> => {
  const { info, request } = context
  for (const name of integers) {
    const value = info.query.get(name)
    if (value !== null && !/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  const pod = await readPod(parts, context, served)
  checkLogOptions(info.name, info.query)
  const container = chooseContainer(pod, info.name, info.query.get('container'))
  // A pod without a node has no log yet: an empty answer, not an error.
  if (!pod.spec.nodeName) return { kind: 'answer', answer: { status: 204, headers: {}, bytes: [] } }
  const target = await locateAgent(parts, pod.spec.nodeName, request.signal)
  const pairs = logOptions.flatMap(name => (info.query.has(name) ? [[name, info.query.get(name)!] as const] : []))
  const path = `/containerLogs/${encodeURIComponent(info.namespace)}/${encodeURIComponent(info.name)}/${encodeURIComponent(container)}${query(pairs)}`
  return { kind: 'answer', answer: await passAnswer(parts, context, pod.spec.nodeName, target, path) }
}

const flags = new Set(['stdin', 'stdout', 'stderr', 'tty'])
const flagParameters = new Set(['input', 'output', 'error', 'tty'])

const stream =
  (what: 'exec' | 'attach' | 'portForward', names: readonly string[]): Handler =>
  async (parts, context, served) => {
    const { info, request } = context
    const pod = await readPod(parts, context, served)
    const container = what === 'portForward' ? undefined : chooseContainer(pod, info.name, info.query.get('container'))
    const { nodeName } = pod.spec
    if (!nodeName) throw badRequest(`pod ${info.name} does not have a host assigned`)
    const target = await locateAgent(parts, nodeName, request.signal)
    if (!request.upgrade) throw badRequest('unable to upgrade: the request must ask for an upgrade of the connection')
    const renamed: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', ports: 'port' }
    const pairs: (readonly [string, string])[] = []
    for (const name of names)
      for (const value of info.query.getAll(name))
        pairs.push([renamed[name] ?? name, flags.has(name) ? (['true', '1', ''].includes(value) ? '1' : '0') : value])
    const path = `/${what}/${[info.namespace, info.name, ...(container === undefined ? [] : [container])].map(encodeURIComponent).join('/')}${query(pairs.filter(([name, value]) => !flagParameters.has(name) || value === '1'))}`
    return { kind: 'answer', answer: await passUpgrade(parts, context, nodeName, target, path) }
  }

const onPods = (record: { id: string }): boolean => record.id === 'pods'
const streaming = (name: string, kind: string, handler: Handler): Subresource => ({
  name,
  appliesTo: onPods,
  handlers: { get: handler, create: handler },
  anyType: true,
  discovery: { kind, verbs: ['create', 'get'] },
})

export const log: Subresource = { name: 'log', appliesTo: onPods, handlers: { get: getLog }, anyType: true, discovery: { verbs: ['get'] } }
export const exec = streaming('exec', 'PodExecOptions', stream('exec', ['command', 'stdin', 'stdout', 'stderr', 'tty']))
export const attach = streaming('attach', 'PodAttachOptions', stream('attach', ['stdin', 'stdout', 'stderr', 'tty']))
export const portForward = streaming('portforward', 'PodPortForwardOptions', stream('portForward', ['ports']))
