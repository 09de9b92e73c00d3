// URLs, read as Go reads them.
import { type CelFunction, define, member, overload } from '../function.ts'
import { escapedPathOf, type GoUrl, hostnameOf, parseGoUrl, portOf, queryOf } from '../go-url.ts'
import { boolType, listType, mapType, opaqueType, stringType } from '../type.ts'
import { ArrayList, CelError, CelOpaque, ValueMap } from '../value.ts'
import { traversing } from './costs.ts'

const urlType = opaqueType('kubernetes.URL')
type UrlValue = CelOpaque<GoUrl>

/** Equal where they are written the same, escaping apart. */
const same = (a: GoUrl, b: GoUrl): boolean =>
  a.scheme === b.scheme && a.host === b.host && escapedPathOf(a) === escapedPathOf(b) && a.query === b.query && a.fragment === b.fragment

const part = (name: string, id: string, read: (url: GoUrl) => string): CelFunction =>
  define(
    name,
    member(id, [urlType], stringType, ({ value }: UrlValue) => read(value)),
  )

export const urls: readonly CelFunction[] = [
  define(
    'url',
    overload(
      'string_to_url',
      [stringType],
      urlType,
      (text: string) => {
        const parsed = parseGoUrl(text)
        return parsed ? new CelOpaque(urlType, parsed, other => same(parsed, other)) : new CelError('URL parse error during conversion from string')
      },
      traversing(0, 1, true),
    ),
  ),
  define(
    'isURL',
    overload('is_url_string', [stringType], boolType, (text: string) => parseGoUrl(text) !== undefined),
  ),
  part('getScheme', 'url_get_scheme', url => url.scheme),
  part('getHost', 'url_get_host', url => url.host),
  part('getHostname', 'url_get_hostname', hostnameOf),
  part('getPort', 'url_get_port', portOf),
  part('getEscapedPath', 'url_get_escaped_path', escapedPathOf),
  define(
    'getQuery',
    member('url_get_query', [urlType], mapType(stringType, listType(stringType)), ({ value }: UrlValue) => {
      const map = new ValueMap()
      for (const [key, values] of queryOf(value)) map.insert(key, new ArrayList([...values]))
      return map
    }),
  ),
]
