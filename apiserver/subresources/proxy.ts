// pods/proxy, services/proxy, nodes/proxy: any request, passed on to what listens there, with links back rewritten to lead through here.
import { badRequest, StatusError } from '../../api/status.ts'
import type { Context, Handler, Reply } from '../context.ts'
import { forward } from '../http/forward.ts'
import { admitConnection } from './connect-admission.ts'
import { locators, parseWanted } from './proxy-location.ts'
import type { Subresource } from './registry.ts'

/** The path up to `proxy`, and what follows it, both as the client wrote them. */
const splitPath = ({ path }: Context['info']): { prefix: string; rest: string } => {
  const [prefix = path] = /^.*?\/(?:pods|services|nodes)\/[^/]+\/proxy(?=\/|$)/.exec(path) ?? []
  return { prefix, rest: path.slice(prefix.length) }
}

const queryOf = (url: string): string => {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark)
}

/** A link of the answer as the client must follow it; one to elsewhere, or relative, stays. */
export const rewriteLink = (link: string, prefix: string, ourHost: string, targetHost: string): string => {
  let url: URL
  const relativeTo = 'wherry://relative'
  try {
    url = new URL(link, relativeTo)
  } catch {
    return link
  }
  const named = url.protocol !== 'wherry:' || link.startsWith('//')
  if (named && url.host !== ourHost && url.host !== targetHost) return link
  if (!named && !link.startsWith('/')) return link
  const path = url.pathname.startsWith(prefix) ? url.pathname : prefix + url.pathname
  return `https://${ourHost}${path}${url.search}${url.hash}`
}

const connect: Handler = async (parts, context, served): Promise<Reply> => {
  const { info, request } = context
  const { kind, locate } = locators[served.record.id]!
  const { prefix, rest } = splitPath(info)
  const wanted = parseWanted(info.name)
  await admitConnection(parts, context, served, kind, { path: rest })
  if (!wanted) throw badRequest(`invalid ${served.record.singular} request ${JSON.stringify(info.name)}`)
  const location = await locate(parts, context, served, wanted)
  const query = queryOf(request.url)
  if (!rest && !request.upgrade && (info.method === 'GET' || info.method === 'HEAD'))
    return { kind: 'answer', answer: { status: 301, headers: { location: `${info.path}/${query}` }, bytes: [] } }
  const ourHost = String(request.headers[':authority'] ?? request.headers['host'] ?? '')
  const headers = { 'x-forwarded-uri': prefix + rest, 'x-forwarded-host': ourHost, 'x-forwarded-proto': 'https' }
  const targetHost = `${location.host}:${location.port}`
  const answer = await forward(
    request,
    { ...location, path: `${rest || '/'}${query}`, headers: request.upgrade ? {} : headers },
    {
      unreachable: cause =>
        new StatusError(503, 'ServiceUnavailable', `error trying to reach service: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, {
          cause,
        }),
      onAnswer: received => {
        const { location: link } = received
        if (typeof link === 'string') received['location'] = rewriteLink(link, prefix, ourHost, targetHost)
        for (const name of Object.keys(received)) if (name.startsWith('access-control-')) Reflect.deleteProperty(received, name)
      },
      bufferBytes: parts.config.limits.watchBufferBytes,
      bodyLimit: parts.config.limits.bodyBytes,
    },
  )
  return { kind: 'answer', answer }
}

export const proxy: readonly Subresource[] = Object.entries(locators).map(([id, { kind }]) => ({
  name: 'proxy',
  appliesTo: record => record.id === id,
  handlers: {},
  connect,
  takesPath: true,
  anyType: true,
  discovery: { kind, verbs: ['create', 'delete', 'get', 'patch', 'update'] },
}))
