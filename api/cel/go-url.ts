// URLs as Go's net/url reads them, where a request may begin: absolute, or a path from the root.

export interface GoUrl {
  readonly scheme: string
  readonly host: string
  /** As it was written. */
  readonly path: string
  readonly query: string
  readonly fragment: string
}

const control = /[\u0000-\u001f\u007f]/
const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s
const badEscape = /%(?![0-9A-Fa-f]{2})/
/** Everything else must not be in a host. */
const hostCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}]*$/u
const userCharacters = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/

const hostOf = (authority: string): string | undefined => {
  const at = authority.lastIndexOf('@')
  if (at >= 0 && (!userCharacters.test(authority.slice(0, at)) || badEscape.test(authority.slice(0, at)))) return undefined
  const host = authority.slice(at + 1)
  if (!hostCharacters.test(host)) return undefined
  let port: string
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']')
    if (close < 0) return undefined
    port = host.slice(close + 1)
  } else {
    // Only bytes beyond ASCII may be escaped in a name.
    if (/%(?![89A-Fa-f][0-9A-Fa-f])/.test(host)) return undefined
    const colon = host.lastIndexOf(':')
    port = colon < 0 ? '' : host.slice(colon)
  }
  return port === '' || /^:\d*$/.test(port) ? host : undefined
}

/** As ParseRequestURI judges, with the fragment apart as Parse does it. undefined: no URL. */
export const parseGoUrl = (text: string): GoUrl | undefined => {
  if (text === '' || control.test(text)) return undefined
  if (text === '*') return { scheme: '', host: '', path: '*', query: '', fragment: '' }
  if (text.startsWith(':')) return undefined
  const match = scheme.exec(text)
  const named = match?.[1]?.toLowerCase() ?? ''
  let rest = match?.[2] ?? text
  const hash = rest.indexOf('#')
  const fragment = hash < 0 ? '' : rest.slice(hash + 1)
  if (hash >= 0) rest = rest.slice(0, hash)
  const mark = rest.indexOf('?')
  const query = mark < 0 ? '' : rest.slice(mark + 1)
  if (mark >= 0) rest = rest.slice(0, mark)
  if (!rest.startsWith('/')) return named === '' ? undefined : { scheme: named, host: '', path: '', query, fragment }
  let host = ''
  if (named !== '' && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2)
    const found = hostOf(rest.slice(2, slash < 0 ? undefined : slash))
    if (found === undefined) return undefined
    host = found
    rest = slash < 0 ? '' : rest.slice(slash)
  }
  return badEscape.test(rest) || badEscape.test(fragment) ? undefined : { scheme: named, host, path: rest, query, fragment }
}

export const hostnameOf = ({ host }: GoUrl): string => {
  const bare = host.replace(/:\d*$/, '')
  return bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1) : bare
}
export const portOf = ({ host }: GoUrl): string => /:(\d*)$/.exec(host)?.[1] ?? ''

const unescape = (text: string): string =>
  Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString()
const unescapeText = (text: string): string => (text.includes('%') ? unescape(Buffer.from(text).toString('latin1')) : text)

/** What was written where that is a valid encoding, else the path encoded. */
export const escapedPathOf = ({ path }: GoUrl): string => {
  if (path === '*' || /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/.test(path)) return path
  return Array.from(Buffer.from(unescapeText(path)), byte => {
    const c = String.fromCharCode(byte)
    return /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/** Keys and their values in the order they come; pairs with a semicolon or a bad escape are left out. */
export const queryOf = ({ query }: GoUrl): ReadonlyMap<string, readonly string[]> => {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';') || badEscape.test(pair)) continue
    const equals = pair.indexOf('=')
    const [key, value] = [equals < 0 ? pair : pair.slice(0, equals), equals < 0 ? '' : pair.slice(equals + 1)].map(part =>
      unescapeText(part.replaceAll('+', ' ')),
    )
    values.set(key!, [...(values.get(key!) ?? []), value!])
  }
  return values
}
