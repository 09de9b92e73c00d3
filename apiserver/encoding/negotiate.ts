// Content negotiation as upstream does it: which media type an answer has, and whether it is the object itself, a Table or its metadata. Pure.
import { StatusError } from '../../api/status.ts'

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf'

export interface Accepted {
  readonly mediaType: MediaType
  /** What the object is to be turned into. */
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'
  /** Of meta.k8s.io, for Table and PartialObjectMetadata. */
  readonly version: string
  readonly stream: boolean
  readonly pretty: boolean
}

interface Clause {
  type: string
  params: Record<string, string>
  quality: number
}

const parseClauses = (header: string): Clause[] => {
  const clauses: Clause[] = []
  for (const part of header.split(',')) {
    const [type = '', ...rest] = part.trim().split(';')
    if (!type.trim()) continue
    const params: Record<string, string> = {}
    let quality = 1
    for (const p of rest) {
      const [key = '', value = ''] = p.trim().split('=')
      if (key === 'q') {
        const q = Number(value)
        // Not a number: the clause is taken last, as upstream's parser leaves it.
        quality = Number.isNaN(q) ? 0 : q
      } else if (key) params[key] = value.replace(/^"|"$/g, '')
    }
    clauses.push({ type: type.trim().toLowerCase(), params, quality })
  }
  return clauses.sort((a, b) => b.quality - a.quality)
}

export const objectTypes: readonly MediaType[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const conversions = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])

const available = (types: readonly string[]): StatusError =>
  new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`, {})
const only = (types: readonly string[]): StatusError =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${types.join(', ')}`, {})

export interface NegotiateOptions {
  readonly types?: readonly MediaType[]
  /** A list answer: its route also produces the stream types. */
  readonly list?: boolean
  readonly watch?: boolean
  /** Table and PartialObjectMetadata can be asked for. */
  readonly conversions?: boolean
  /** Streams and proxies: what comes back is not ours to negotiate. */
  readonly anything?: boolean
}

/** Throws 406. An absent header and `*` of both kinds mean JSON. */
export const negotiate = (header: string | undefined, query: URLSearchParams, options: NegotiateOptions = {}): Accepted => {
  if (options.anything) return { mediaType: 'application/json', as: '', version: 'v1', stream: false, pretty: false }
  const types = options.types ?? objectTypes
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
  const produced = options.list ? [...types, ...streams] : types
  const pretty = query.has('pretty') && !['false', '0'].includes(query.get('pretty') ?? '')
  const clauses = header ? parseClauses(header) : [{ type: '*/*', params: {}, quality: 1 }]
  // The route's own check comes first: no clause names any type that it produces.
  const routable = clauses.filter(c => c.type === '*/*' || (types as readonly string[]).includes(c.type))
  if (!routable.length) throw available(produced)
  for (const { type, params } of routable) {
    const mediaType = type === '*/*' ? 'application/json' : (type as MediaType)
    if (options.watch && mediaType === 'application/yaml') continue
    const stream = params['stream'] === 'watch'
    if (params['stream'] !== undefined && !stream) continue
    const { as = '', g: group, v: version } = params
    if (as) {
      if (!options.conversions || !conversions.has(as) || group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) continue
    }
    return { mediaType, as: as as Accepted['as'], version: version ?? 'v1', stream, pretty }
  }
  throw only(options.watch && routable.every(c => c.type === 'application/yaml') ? streams : types)
}

/** Aggregated discovery is asked for with parameters that plain negotiation does not know. */
export const wantsAggregatedDiscovery = (header: string | undefined): 'v2' | 'v2beta1' | undefined => {
  if (!header) return undefined
  for (const { type, params } of parseClauses(header)) {
    const json = type === 'application/json'
    if (json && params['g'] === 'apidiscovery.k8s.io' && params['as'] === 'APIGroupDiscoveryList' && (params['v'] === 'v2' || params['v'] === 'v2beta1'))
      return params['v']
    if ((json || type === '*/*') && !params['as']) return undefined
  }
  return undefined
}

export const parseContentType = (header: string | undefined): string => (header ?? '').split(';')[0]!.trim().toLowerCase()
