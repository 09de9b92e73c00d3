// From a verb's reply to an answer: JSON from the stored bytes where they serve, anything else from the shared object.
import { stringifyJson } from '../../api/json.ts'
import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'
import type { Entry } from '../../store/store.ts'
import type { Context, Parts, Reply } from '../context.ts'
import type { Answer, DirectAnswer } from '../http/answer.ts'
import type { Served } from '../resource-table.ts'
import { listChunks } from './entry-bytes.ts'
import { toPartialMetadata } from './partial-metadata.ts'
import { encodeItems, encodeProtobuf } from './protobuf.ts'
import { inTableOrder, parseIncludeObject, toRow, toTable } from './table.ts'
import { encodeWatch } from './watch-answer.ts'
import { toWarningHeaders } from './warnings.ts'
import { toYaml } from './yaml.ts'

const baseHeaders = { 'cache-control': 'no-cache, private' }

const withWarnings = (headers: Record<string, string | string[]>, warnings: ReadonlySet<string>): Record<string, string | string[]> => {
  if (warnings.size) headers['warning'] = toWarningHeaders(warnings)
  return headers
}

const answer = (context: Context, status: number, mediaType: string, rest: Partial<Answer>): Answer => ({
  status,
  headers: withWarnings({ ...baseHeaders, 'content-type': mediaType }, context.warnings),
  ...rest,
})

const json = (value: unknown, pretty: boolean): Buffer => Buffer.from(`${stringifyJson(value, pretty ? 2 : undefined)}\n`)

/** Any value in the negotiated media type. */
export const encodeValue = async (context: Context, status: number, value: unknown, direct?: () => DirectAnswer): Promise<Answer> => {
  const { mediaType, pretty } = context.accepted
  const bytes =
    mediaType === 'application/yaml'
      ? await toYaml(value)
      : mediaType === 'application/vnd.kubernetes.protobuf'
        ? await encodeProtobuf(value as KubeObject)
        : json(value, pretty)
  return answer(context, status, mediaType, { bytes: [bytes], ...(direct && { direct }) })
}

const notAcceptable = (message: string): StatusError => new StatusError(406, 'NotAcceptable', message, {})

const encodeObject = (parts: Parts, context: Context, status: number, object: KubeObject, served: Served | undefined): Promise<Answer> => {
  const { as } = context.accepted
  if (as === 'PartialObjectMetadataList')
    throw notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${object.kind})`)
  if (as === 'PartialObjectMetadata' && served) return encodeValue(context, status, toPartialMetadata(object, context.accepted.version))
  if (as === 'Table' && served) {
    const include = parseIncludeObject(context.info.query.get('includeObject'))
    const { resourceVersion } = object.metadata
    // A list that no store holds (ComponentStatus) comes as one object.
    const objects = object.kind === served.record.listKind ? (object as unknown as { items: KubeObject[] }).items : [object]
    const rows = objects.map(o => toRow(served.record, o, include, parts.clock.now(), context.accepted.version))
    return encodeValue(context, status, toTable(served.record, rows, resourceVersion === undefined ? {} : { resourceVersion }, context.accepted.version))
  }
  if (as) throw notAcceptable('only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf')
  return encodeValue(context, status, object, () => ({ object }))
}

const encodeEntry = async (parts: Parts, context: Context, status: number, served: Served, entry: Entry): Promise<Answer> => {
  const { as, mediaType, pretty } = context.accepted
  if (as === '' && mediaType === 'application/json' && !pretty && served.servesBytes)
    return answer(context, status, mediaType, { bytes: [entry.wire()], direct: () => ({ object: entry.object() }) })
  await served.ready?.([entry])
  return encodeObject(parts, context, status, served.objectOf(entry), served)
}

interface ListMeta {
  resourceVersion: string
  continue?: string
  remainingItemCount?: number
}

const encodeList = async (parts: Parts, context: Context, reply: Reply & { kind: 'list' }): Promise<Answer> => {
  const { served, entries } = reply
  const { record } = served
  await served.ready?.(entries)
  const { as, mediaType, pretty } = context.accepted
  const metadata: ListMeta = {
    resourceVersion: String(reply.revision),
    // Upstream's lists of custom resources always have it.
    ...(record.custom && as === '' && { continue: '' }),
    ...(reply.continue !== undefined && { continue: reply.continue }),
    ...(reply.remaining !== undefined && { remainingItemCount: reply.remaining }),
  }
  const version = context.accepted.version
  if (as === 'PartialObjectMetadata') throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${record.listKind})`)
  if (as === 'PartialObjectMetadataList') {
    const items = entries.map(e => toPartialMetadata(served.objectOf(e), version))
    return encodeValue(context, 200, { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items: items.length ? items : null })
  }
  if (as === 'Table') {
    const include = parseIncludeObject(context.info.query.get('includeObject'))
    const now = parts.clock.now()
    const objects = entries.map(e => served.objectOf(e))
    const ordered = inTableOrder(record, objects)
    return encodeValue(
      context,
      200,
      toTable(
        record,
        ordered.map(o => toRow(record, o, include, now, version)),
        metadata,
        version,
      ),
    )
  }
  const direct = (): DirectAnswer => ({ items: entries.map(e => served.objectOf(e)), resourceVersion: metadata.resourceVersion })
  if (mediaType === 'application/json' && !pretty && served.servesBytes) {
    const head = `{"kind":${JSON.stringify(record.listKind)},"apiVersion":${JSON.stringify(record.apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`
    return answer(context, 200, mediaType, { chunks: listChunks(head, entries, ']}\n', record.custom !== undefined), direct })
  }
  if (mediaType === 'application/vnd.kubernetes.protobuf')
    return encodeValue(context, 200, { kind: record.listKind, apiVersion: record.apiVersion, metadata, items: await encodeItems(served, entries) }, direct)
  const items = entries.map(e => {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = served.objectOf(e)
    return record.custom ? served.objectOf(e) : rest
  })
  return encodeValue(context, 200, { kind: record.listKind, apiVersion: record.apiVersion, metadata, items }, direct)
}

export const encodeReply = async (parts: Parts, context: Context, reply: Reply): Promise<Answer> => {
  switch (reply.kind) {
    case 'entry':
      return encodeEntry(parts, context, reply.status, reply.served, reply.entry)
    case 'object':
      return encodeObject(parts, context, reply.status, reply.object as KubeObject, reply.served)
    case 'list':
      return encodeList(parts, context, reply)
    case 'watch': {
      const encoded = await encodeWatch(parts, context, reply.plan)
      return { ...encoded, headers: withWarnings({ ...baseHeaders, ...encoded.headers }, context.warnings) }
    }
    case 'answer':
      return { ...reply.answer, headers: withWarnings({ ...baseHeaders, ...reply.answer.headers }, context.warnings) }
  }
}

/** A Status error in the media type that the client takes, JSON when that is unknown. */
export const encodeError = async (context: Context, error: StatusError): Promise<Answer> => {
  const { mediaType } = context.accepted
  const done = await encodeValue({ ...context, accepted: { ...context.accepted, mediaType } }, error.code, error.status)
  const retry = error.status.details?.retryAfterSeconds
  if (retry !== undefined) done.headers['retry-after'] = String(retry)
  return done
}
