// What a path and a method ask for. Pure; knows the URL scheme, not the kinds that are served.

export interface RequestInfo {
  readonly method: string
  /** Without the query, as it came. */
  readonly path: string
  readonly query: URLSearchParams
  /** False for discovery, health, version and everything outside /api/V/… and /apis/G/V/…. */
  readonly isResource: boolean
  /** get, list, watch, create, update, patch, delete, deletecollection; for paths that are no resources the lower-case method. */
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  /** Whether the path goes through /namespaces/…/ (the name may be empty there: all namespaces). */
  readonly namespacePath: boolean
  readonly plural: string
  readonly subresource: string
  readonly name: string
  /** Path segments after the subresource (proxy). */
  readonly rest: readonly string[]
  /** The deprecated /watch/ paths. */
  readonly watchPath: boolean
}

const isTrue = (value: string | null): boolean => value !== null && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value)

/** A boolean of a query: unparsable text counts as true, as upstream's conversion has it. */
export const queryBoolean = (query: URLSearchParams, name: string): boolean => isTrue(query.get(name))

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete', GET: 'get', HEAD: 'get' }

const namespaceSubresources = new Set(['status', 'finalize'])

export const parseRequest = (method: string, url: string): RequestInfo => {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const none = {
    method,
    path,
    query,
    isResource: false,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    namespacePath: false,
    plural: '',
    subresource: '',
    name: '',
    rest: [],
    watchPath: false,
  }
  const parts = path.split('/').slice(1)
  if (parts.at(-1) === '' && parts.length > 1) parts.pop()
  const prefix = parts[0]
  if (prefix !== 'api' && prefix !== 'apis') return none
  const group = prefix === 'api' ? '' : decode(parts[1] ?? '')
  const version = decode(parts[prefix === 'api' ? 1 : 2] ?? '')
  let rest = parts.slice(prefix === 'api' ? 2 : 3).map(decode)
  if (!rest.length) return { ...none, group, version }
  const watchPath = rest[0] === 'watch' && rest.length > 1
  if (watchPath) rest = rest.slice(1)

  let namespace = ''
  let namespacePath = false
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && namespaceSubresources.has(rest[2]!))) {
    namespace = rest[1]!
    namespacePath = true
    rest = rest.slice(2)
  }
  const [plural = '', name = '', subresource = '', ...more] = rest
  let verb = watchPath ? (method === 'GET' ? 'watch' : method.toLowerCase()) : (verbs[method] ?? method.toLowerCase())
  if (!watchPath && name === '' && rest.length < 2) {
    if (verb === 'get') verb = queryBoolean(query, 'watch') ? 'watch' : 'list'
    else if (verb === 'delete') verb = 'deletecollection'
  }
  return { ...none, isResource: true, verb, group, version, namespace, namespacePath, plural, name, subresource, rest: more, watchPath }
}

/** True when a path holds empty segments in places where a resource path may not have any (`/namespaces//x` may). */
export const hasEmptySegment = (path: string): boolean => {
  const parts = path.split('/').slice(1)
  if (parts.at(-1) === '') parts.pop()
  return parts.some((part, i) => part === '' && parts[i - 1] !== 'namespaces')
}
