// pods/log, exec, attach, portforward: passed on to the agent of the pod's node, byte for byte, over HTTPS with our client certificate.
import { type FieldError, forbiddenField, invalid, invalidValue } from '../../api/field-error.ts'
import { badRequest, notFound, StatusError } from '../../api/status.ts'
import { toAttributes } from '../authorization/authorizer.ts'
import { requireAuthorized } from '../authorization/require-authorized.ts'
import type { Context, Handler, Parts, Reply } from '../context.ts'
import { forward, type ForwardOptions, type Target } from '../http/forward.ts'
import { queryBoolean } from '../request-info.ts'
import type { Served } from '../resource-table.ts'
import { admitConnection } from './connect-admission.ts'
import { locateAgent } from './node-address.ts'
import type { Subresource } from './registry.ts'

interface Pod {
  metadata: { uid?: string; annotations?: Record<string, string> }
  spec: { nodeName?: string; containers: { name: string }[]; initContainers?: { name: string }[]; ephemeralContainers?: { name: string }[] }
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

/** The agent, with our certificate; its own is verified where an authority is known. */
const toTarget = (parts: Parts, agent: { host: string; port: number }, path: string): Target => {
  const client = parts.config.agentClient
  return { protocol: 'https:', ...agent, path, tls: { ...client, insecure: client?.ca === undefined }, drop: /^cookie$/ }
}

const forwardOptions = (parts: Parts, nodeName: string): ForwardOptions => ({
  unreachable: cause => {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new StatusError(502, 'ServiceUnavailable', `the agent of node ${nodeName} cannot be reached: ${why}`, undefined, { cause })
  },
  bufferBytes: parts.config.limits.watchBufferBytes,
  bodyLimit: parts.config.limits.bodyBytes,
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
  const agent = await locateAgent(parts, pod.spec.nodeName, request.signal, served.record)
  const pairs = logOptions.flatMap(name => (info.query.has(name) ? [[name, info.query.get(name)!] as const] : []))
  const path = `/containerLogs/${encodeURIComponent(info.namespace)}/${encodeURIComponent(info.name)}/${encodeURIComponent(container)}${query(pairs)}`
  const refusal = (status: number, text: string): StatusError =>
    new StatusError(status, status === 404 ? 'NotFound' : status === 400 ? 'BadRequest' : 'InternalError', text || `the agent answered ${status}`, {})
  return { kind: 'answer', answer: await forward(request, toTarget(parts, agent, path), { ...forwardOptions(parts, pod.spec.nodeName), refusal }) }
}

type Field = 'command' | 'stdin' | 'stdout' | 'stderr' | 'tty' | 'container' | 'ports'

/** Fields of the options object as the agent's query calls them. */
const agentNames: Readonly<Record<Exclude<Field, 'container'>, string>> = {
  command: 'command',
  stdin: 'input',
  stdout: 'output',
  stderr: 'error',
  tty: 'tty',
  ports: 'port',
}

interface Stream {
  readonly what: 'exec' | 'attach' | 'portForward'
  readonly kind: string
  readonly flags: readonly ('stdin' | 'stdout' | 'stderr' | 'tty')[]
  readonly lists: readonly ('command' | 'ports')[]
}

/** A WebSocket begins with GET, but what it opens is more than a look: it takes the right to create (KEP-5288's gate, on since 1.35). */
const requireCreate = async (parts: Parts, { user, info }: Context): Promise<void> => {
  if (info.verb !== 'create') await requireAuthorized(parts.authorizers, { ...toAttributes(user, info), verb: 'create' })
}

const stream =
  ({ what, kind, flags, lists }: Stream): Handler =>
  async (parts, context, served) => {
    const { info, request } = context
    await requireCreate(parts, context)
    const on = flags.filter(flag => queryBoolean(info.query, flag))
    const given = lists.map(name => [name, info.query.getAll(name)] as const).filter(([, values]) => values.length)
    const named = info.query.get('container')
    await admitConnection(parts, context, served, kind, {
      ...Object.fromEntries(on.map(flag => [flag, true])),
      ...(named && { container: named }),
      ...Object.fromEntries(given.map(([name, values]) => [name, name === 'ports' ? values.map(Number) : values])),
    })
    const pod = await readPod(parts, context, served)
    const container = what === 'portForward' ? [] : [chooseContainer(pod, info.name, named)]
    const { nodeName } = pod.spec
    if (!nodeName) throw badRequest(`pod ${info.name} does not have a host assigned`)
    const agent = await locateAgent(parts, nodeName, request.signal, served.record)
    if (!request.upgrade) throw badRequest('unable to upgrade: the request must ask for an upgrade of the connection')
    const pairs = [
      ...given.flatMap(([name, values]) => values.map(value => [agentNames[name], value] as const)),
      ...on.map(flag => [agentNames[flag], '1'] as const),
    ]
    const path = `/${[what, info.namespace, info.name, ...container].map(encodeURIComponent).join('/')}${query(pairs)}`
    return { kind: 'answer', answer: await forward(request, toTarget(parts, agent, path), forwardOptions(parts, nodeName)) }
  }

const onPods = (record: { id: string }): boolean => record.id === 'pods'
const streaming = (name: string, options: Stream): Subresource => {
  const handler = stream(options)
  return { name, appliesTo: onPods, handlers: { get: handler, create: handler }, anyType: true, discovery: { kind: options.kind, verbs: ['create', 'get'] } }
}
const allFlags = ['stdin', 'stdout', 'stderr', 'tty'] as const

export const log: Subresource = { name: 'log', appliesTo: onPods, handlers: { get: getLog }, anyType: true, discovery: { verbs: ['get'] } }
export const exec = streaming('exec', { what: 'exec', kind: 'PodExecOptions', flags: allFlags, lists: ['command'] })
export const attach = streaming('attach', { what: 'attach', kind: 'PodAttachOptions', flags: allFlags, lists: [] })
export const portForward = streaming('portforward', { what: 'portForward', kind: 'PodPortForwardOptions', flags: [], lists: ['ports'] })
