// /openapi/v2 and /openapi/v3: built from the schema table at the first request, kept with their hashes while the set of kinds stays.
import { createHash } from 'node:crypto'
import { aggregatorUser } from '../aggregation/remote-service.ts'
import type { Context, Parts } from '../context.ts'
import { methodNotAllowed } from '../errors.ts'
import type { Answer } from '../http/answer.ts'
import { versionInfo } from './version.ts'

interface Document {
  readonly bytes: Buffer
  readonly etag: string
  readonly type: string
}

/** Documents by path and form, for one revision of the table. */
export interface OpenApiCache {
  /** Of the table and of the aggregator. */
  revision: string
  documents: Map<string, Document>
}

export const createOpenApiCache = (): OpenApiCache => ({ revision: '', documents: new Map() })

const json = 'application/json'

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').toUpperCase()

const toDocument = (value: unknown, etag?: string): Document => {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, etag: etag ?? hashOf(bytes), type: json }
}

/** client-go asks for version 2 in gnostic's protobuf and can read nothing else. */
const wantsProtobuf = async (path: string, accept: string): Promise<boolean> => {
  if (path !== '/openapi/v2' || !accept.includes('protobuf')) return false
  const { openApiV2ProtobufAccept } = await import('../../api/openapi/v2-protobuf.ts')
  return accept.split(',').some(part => openApiV2ProtobufAccept.includes(part.split(';')[0]!.trim()))
}

const build = async (parts: Parts, path: string, protobuf: boolean): Promise<Document | undefined> => {
  const v3 = await import('../../api/openapi/v3.ts')
  const { toPublishedKind } = await import('../../api/custom/open-api.ts')
  const kinds = parts.table.all().map(({ record }) => toPublishedKind(record))
  if (path === '/openapi/v2') {
    const { openApiV2Document } = await import('../../api/openapi/v2.ts')
    const { mergeOpenApiV2 } = await import('../../api/openapi/merge-v2.ts')
    const own = await openApiV2Document(v3.toPublishedGroups(kinds), versionInfo.gitVersion)
    const others = await parts.aggregator.openApiV2()
    const document = others.length ? mergeOpenApiV2(own, others) : own
    if (!protobuf) return toDocument(document)
    const { encodeOpenApiV2, openApiV2ProtobufType } = await import('../../api/openapi/v2-protobuf.ts')
    const bytes = encodeOpenApiV2(document)
    return { bytes, etag: hashOf(bytes), type: openApiV2ProtobufType }
  }
  const groups = v3.toPublishedGroups(kinds)
  if (path === '/openapi/v3') {
    const { paths } = v3.openApiV3Index(groups, versionInfo.gitVersion)
    return toDocument({ paths: { ...paths, ...parts.aggregator.openApiPaths() } })
  }
  const group = groups.find(g => `/openapi/v3/${v3.pathOf(g)}` === path)
  return group && toDocument(v3.openApiV3Document(group), v3.openApiHash(group, versionInfo.gitVersion))
}

/** Undefined when there is no such document. */
export const answerOpenApi = async (parts: Parts, context: Context, path: string): Promise<Answer | undefined> => {
  if (path !== '/openapi/v2' && path !== '/openapi/v3' && !path.startsWith('/openapi/v3/')) return undefined
  const { info, request } = context
  if (info.method !== 'GET') throw methodNotAllowed()
  const [, group = '', version = ''] = /^\/openapi\/v3\/apis\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  const behind = parts.aggregator.find(group, version)
  if (behind?.available) return behind.service.forward(context, aggregatorUser)
  const { openApi: cache } = parts
  const revision = `${parts.table.revision} ${parts.aggregator.revision}`
  if (cache.revision !== revision) Object.assign(cache, { revision, documents: new Map() })
  const protobuf = await wantsProtobuf(path, String(request.headers['accept'] ?? ''))
  const slot = protobuf ? `${path} as protobuf` : path
  let document = cache.documents.get(slot)
  if (!document) {
    document = await build(parts, path, protobuf)
    if (!document) return undefined
    cache.documents.set(slot, document)
  }
  const hash = info.query.get('hash')
  const headers: Record<string, string> = {
    'content-type': document.type,
    'etag': `"${document.etag}"`,
    'vary': 'Accept-Encoding, Accept',
    // Under the right hash a document never changes.
    'cache-control': hash !== null && hash === document.etag ? 'public, immutable' : 'no-cache, private',
  }
  if (hash !== null && hash !== document.etag) return { status: 301, headers: { ...headers, location: `${path}?hash=${document.etag}` }, bytes: [] }
  if (String(request.headers['if-none-match'] ?? '').includes(document.etag)) return { status: 304, headers, bytes: [] }
  return { status: 200, headers, bytes: [document.bytes] }
}
