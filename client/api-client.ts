// Typed requests about one kind over a Transport: paths, content types, Status errors, watch frames. Uses the transport's `direct`
// answers (objects shared inside one process) where it gives them. Holds no state; safe for concurrent use.
import type { KubeObject } from '../api/object.ts'
import type { Resource } from '../api/resource.ts'
import { type Status, StatusError, type StatusReason } from '../api/status.ts'
import { type Clock, sleep, systemClock } from '../base/clock.ts'
import { lines, readAll } from './lines.ts'
import type { ApiClient, DeleteOptions, List, ListOptions, PatchType, ResourceClient, Transport, TransportResponse, WatchEvent, WriteOptions } from './types.ts'

export interface ApiClientConfig {
  /** Also the field manager of plain writes, up to its first slash. */
  readonly userAgent: string
  readonly clock?: Clock
}

const contentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}
const reasons: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}
const maxRetries = 10

type Query = Readonly<Record<string, string | number | boolean | undefined>>

const toQuery = (query: Query): string => {
  let text = ''
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '' || value === false) continue
    text += `${text ? '&' : '?'}${name}=${encodeURIComponent(value)}`
  }
  return text
}

const isStatus = (value: unknown): value is Status => typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status'

const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))

const toStatusError = async (answer: TransportResponse, what: string): Promise<StatusError> => {
  const text = (await readAll(answer.body)).toString('utf8')
  try {
    const body: unknown = JSON.parse(text)
    if (isStatus(body)) return StatusError.from({ ...body, code: body.code || answer.status })
  } catch {
    // Not JSON: a proxy or a plain-text answer, reported by its status below.
  }
  return new StatusError(
    answer.status,
    reasons[answer.status] ?? 'Unknown',
    `${what} was answered with ${answer.status}${text && `: ${text.slice(0, 300).trim()}`}`,
  )
}

export const createApiClient = (transport: Transport, { userAgent, clock = systemClock }: ApiClientConfig): ApiClient => {
  const baseHeaders = { accept: 'application/json', 'user-agent': userAgent }
  const defaultManager = userAgent.split('/', 1)[0]

  /** Answers below 400. One that asks to come again later (Retry-After) is tried again, as client-go does. */
  const send = async (method: string, path: string, body: string | undefined, contentType: string, signal?: AbortSignal): Promise<TransportResponse> => {
    for (let attempt = 0; ; attempt++) {
      const headers = body === undefined ? baseHeaders : { ...baseHeaders, 'content-type': contentType }
      const answer = await transport.request({ method, path, headers, ...(body !== undefined && { body }), ...(signal && { signal }) })
      if (answer.status < 400) return answer
      const retryAfter = Number(answer.headers['retry-after'])
      const error = await toStatusError(answer, `${method} ${path}`)
      if (!(retryAfter >= 0) || attempt >= maxRetries || (answer.status !== 429 && answer.status < 500)) throw error
      await sleep(clock, Math.max(50, retryAfter * 1000), signal)
    }
  }
  const sendJson = async (method: string, path: string, body: unknown, signal?: AbortSignal, contentType = 'application/json'): Promise<unknown> => {
    const answer = await send(method, path, body === undefined ? undefined : JSON.stringify(body), contentType, signal)
    if (answer.direct?.object) return answer.direct.object
    const bytes = await readAll(answer.body)
    return bytes.length ? parse(bytes) : undefined
  }

  const of = <T extends KubeObject>(resource: Resource<T>, namespace?: string): ResourceClient<T> => {
    const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`
    const collection = (ns = namespace): string => `${root}${resource.namespaced && ns ? `/namespaces/${encodeURIComponent(ns)}` : ''}/${resource.plural}`
    const item = (name: string, subresource?: string, ns = namespace): string => {
      if (!name) throw new Error(`a ${resource.kind} without a name was asked for`)
      if (resource.namespaced && !ns) throw new Error(`the namespace of ${resource.kind} ${name} is not known`)
      return `${collection(ns)}/${encodeURIComponent(name)}${subresource ? `/${subresource}` : ''}`
    }
    const listQuery = (o: ListOptions): Query => ({
      labelSelector: o.labelSelector,
      fieldSelector: o.fieldSelector,
      limit: o.limit,
      continue: o.continue,
      resourceVersion: o.resourceVersion,
    })
    const writeQuery = (o: WriteOptions): Query => ({
      dryRun: o.dryRun ? 'All' : undefined,
      fieldManager: o.fieldManager ?? defaultManager,
      fieldValidation: o.fieldValidation,
    })
    // Items of typed lists come without kind and apiVersion.
    const typed = (value: unknown): T => {
      const object = value as Partial<KubeObject>
      return (object.kind ? object : { apiVersion: resource.apiVersion, kind: resource.kind, ...object }) as T
    }
    const put = async (object: T, subresource: string | undefined, options: WriteOptions): Promise<T> => {
      const path = item(object.metadata.name ?? '', subresource, namespace ?? object.metadata.namespace)
      return typed(await sendJson('PUT', path + toQuery(writeQuery(options)), object, options.signal))
    }
    const deleteBody = ({ gracePeriodSeconds, propagationPolicy, preconditions }: DeleteOptions): unknown =>
      gracePeriodSeconds === undefined && propagationPolicy === undefined && preconditions === undefined
        ? undefined
        : { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds, propagationPolicy, preconditions }

    async function* frames(answer: TransportResponse): AsyncGenerator<WatchEvent<T>> {
      const direct = answer.direct?.events
      if (direct) for await (const batch of direct) yield* batch as readonly WatchEvent<T>[]
      else for await (const line of lines(answer.body)) yield parse(line) as WatchEvent<T>
    }

    return {
      get: async (name, { resourceVersion, signal } = {}) => typed(await sendJson('GET', item(name) + toQuery({ resourceVersion }), undefined, signal)),
      async list(options = {}) {
        const answer = await send('GET', collection() + toQuery(listQuery(options)), undefined, '', options.signal)
        const direct = answer.direct
        if (direct?.items && direct.resourceVersion !== undefined) {
          return { items: direct.items as T[], metadata: { resourceVersion: direct.resourceVersion } }
        }
        const list = parse(await readAll(answer.body)) as Omit<List<T>, 'items'> & { items?: T[] | null }
        return { items: (list.items ?? []).map(typed), metadata: list.metadata }
      },
      create: async (object, options = {}) =>
        typed(await sendJson('POST', collection(namespace ?? object.metadata.namespace) + toQuery(writeQuery(options)), object, options.signal)),
      update: (object, options = {}) => put(object, undefined, options),
      updateStatus: (object, options = {}) => put(object, 'status', options),
      patch: async (name, type, body, options = {}) =>
        typed(
          await sendJson(
            'PATCH',
            item(name, options.subresource) + toQuery({ ...writeQuery(options), force: options.force }),
            body,
            options.signal,
            contentTypes[type],
          ),
        ),
      async delete(name, options = {}) {
        await sendJson('DELETE', item(name), deleteBody(options), options.signal)
      },
      async deleteCollection(options = {}) {
        await sendJson('DELETE', collection() + toQuery(listQuery(options)), deleteBody(options), options.signal)
      },
      createSubresource: async <R>(name: string, subresource: string, body: unknown, options: WriteOptions = {}) =>
        (await sendJson('POST', item(name, subresource) + toQuery(writeQuery(options)), body, options.signal)) as R,
      async *watch(options) {
        const { allowWatchBookmarks, sendInitialEvents, timeoutSeconds } = options
        const query = {
          ...listQuery(options),
          watch: true,
          allowWatchBookmarks,
          sendInitialEvents,
          timeoutSeconds,
          ...(sendInitialEvents && { resourceVersionMatch: 'NotOlderThan' }),
        }
        yield* frames(await send('GET', collection() + toQuery(query), undefined, '', options.signal))
      },
    }
  }

  return { of, transport, raw: (method, path, body, signal) => sendJson(method, path, body, signal) }
}
