// The paths that are no resources, one line each: discovery, OpenAPI, health, version, metrics.
import type { Context, Parts } from '../context.ts'
import { encodeValue } from '../encoding/encode.ts'
import { type MediaType, negotiate, wantsAggregatedDiscovery } from '../encoding/negotiate.ts'
import { methodNotAllowed, resourceNotFound } from '../errors.ts'
import { type Answer, pageNotFound, textAnswer } from '../http/answer.ts'
import { toAggregated, toApiGroupDocument, toApiGroupList, toApiResourceList, toApiVersions } from './groups.ts'
import { answerHealth } from './health.ts'
import { answerIssuerDiscovery } from '../authentication/issuer-discovery.ts'
import { answerOpenApi } from './openapi.ts'
import { versionInfo } from './version.ts'

const encode = (context: Context, value: unknown, types?: readonly MediaType[]): Promise<Answer> => {
  const accepted = negotiate(context.request.headers['accept'] as string | undefined, context.info.query, types ? { types } : {})
  return encodeValue({ ...context, accepted }, 200, value)
}

const aggregated = async (context: Context, parts: Parts, core: boolean, version: 'v2' | 'v2beta1'): Promise<Answer> => {
  const answer = await encodeValue(
    { ...context, accepted: { mediaType: 'application/json', as: '', version: 'v1', stream: false, pretty: false } },
    200,
    toAggregated(parts.table, core, version, parts.aggregator.versions()),
  )
  answer.headers['content-type'] = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
  answer.headers['vary'] = 'Accept'
  return answer
}

const index = (parts: Parts): unknown => ({
  paths: [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    ...new Set(
      parts.table
        .all()
        .filter(s => s.record.group)
        .flatMap(({ record }) => [`/apis/${record.group}`, `/apis/${record.group}/${record.version}`]),
    ),
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openid/v1/jwks',
    '/readyz',
    '/version',
  ].sort(),
})

/** Where clients reach this server: the address is ours, the port the one that they used. */
const addressOf = (parts: Parts, { request }: Context): string => {
  const port = String(request.headers[':authority'] ?? request.headers['host'] ?? '').split(':')[1] ?? '443'
  return `${parts.config.advertiseAddress}:${port}`
}

export const answerNonResource = async (parts: Parts, context: Context): Promise<Answer> => {
  const { info, request } = context
  const health = await answerHealth(parts, info)
  if (health) return health
  const path = info.path.length > 1 ? info.path.replace(/\/$/, '') : info.path
  const { table } = parts
  const document = (value: () => unknown, types?: readonly MediaType[]): Promise<Answer> => {
    if (info.method !== 'GET') throw methodNotAllowed()
    return encode(context, value(), types)
  }
  if (path === '/api' || path === '/apis') {
    if (info.method !== 'GET') throw methodNotAllowed()
    const version = wantsAggregatedDiscovery(request.headers['accept'] as string | undefined)
    if (version) return aggregated(context, parts, path === '/api', version)
    return document(() => (path === '/api' ? toApiVersions(addressOf(parts, context)) : toApiGroupList(table, parts.aggregator.versions())))
  }
  if (path.startsWith('/api/')) {
    if (info.group !== '' || !table.hasVersion('', info.version) || path.split('/').length > 3) throw resourceNotFound()
    return document(() => toApiResourceList(table, '', info.version))
  }
  if (path.startsWith('/apis/')) {
    if (info.version === '') return document(() => toApiGroupDocument(table, info.group, parts.aggregator.versions()))
    if (!table.hasVersion(info.group, info.version)) throw resourceNotFound()
    return document(() => toApiResourceList(table, info.group, info.version))
  }
  if (path === '/version') return document(() => versionInfo, ['application/json'])
  if (path === '/' && info.path === '/') return document(() => index(parts), ['application/json'])
  const issuer = answerIssuerDiscovery(parts.authentication.tokens, path, addressOf(parts, context))
  if (issuer) {
    if (info.method !== 'GET') throw methodNotAllowed()
    return issuer
  }
  if (path.startsWith('/openapi/')) return (await answerOpenApi(parts, context, path)) ?? pageNotFound()
  if (info.path === '/metrics') return textAnswer(200, parts.renderMetrics(), 'text/plain; version=0.0.4; charset=utf-8')
  return pageNotFound()
}
