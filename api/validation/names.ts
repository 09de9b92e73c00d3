// What names, label values, ports, ids and the like may look like. Each function answers one sentence per broken rule, as many as
// upstream would, because each becomes a cause of its own.

const none: readonly string[] = []
export type Messages = readonly string[]

/** Bytes in UTF-8. */
export const byteLength = (text: string): number => {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}

const tooLongMessage = (max: number): string => `must be no more than ${max} bytes`
const judge = (text: string, max: number, pattern: RegExp, message: string): Messages => {
  const long = text.length > max || byteLength(text) > max
  const odd = !pattern.test(text)
  if (!long && !odd) return none
  return long ? (odd ? [tooLongMessage(max), message] : [tooLongMessage(max)]) : [message]
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const subdomainUnderscore = /^[a-z0-9_]([-_a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/
const wildcard = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const configKey = /^[-._a-zA-Z0-9]+$/
const portName = /^[-a-z0-9]+$/
const headerName = /^[-A-Za-z0-9]+$/

export const isDns1123Label = (text: string): Messages =>
  judge(text, 63, label, 'must be a lower-case DNS label: letters, digits and hyphens, not beginning or ending with a hyphen')
export const isDns1123Subdomain = (text: string): Messages =>
  judge(text, 253, subdomain, 'must be a lower-case DNS name: labels of letters, digits and hyphens, joined by dots')
export const isDns1123SubdomainWithUnderscore = (text: string): Messages =>
  judge(text, 253, subdomainUnderscore, 'must be a lower-case DNS name, in which underscores are allowed')
export const isWildcardDns1123Subdomain = (text: string): Messages => judge(text, 253, wildcard, 'must be "*." followed by a lower-case DNS name')
export const isDns1035Label = (text: string): Messages => judge(text, 63, label1035, 'must be a lower-case DNS label that begins with a letter')
export const isLabelValue = (text: string): Messages =>
  judge(text, 63, labelValue, 'must be empty or letters, digits, ".", "_" and "-", beginning and ending with a letter or digit')

/** `name` or `dns.prefix/name`: labels, annotations, taints, conditions, resources. */
export const isQualifiedName = (text: string): Messages => {
  const slash = text.indexOf('/')
  const messages: string[] = []
  let name = text
  if (slash >= 0) {
    if (text.indexOf('/', slash + 1) >= 0) return ['must be a name, or a DNS name and a name joined by one "/"']
    const prefix = text.slice(0, slash)
    name = text.slice(slash + 1)
    if (prefix === '') messages.push('the part before "/" must not be empty')
    else for (const m of isDns1123Subdomain(prefix)) messages.push(`the part before "/" ${m}`)
  }
  if (name === '') messages.push('the name must not be empty')
  else if (name.length > 63) messages.push(`the name ${tooLongMessage(63)}`)
  if (!namePart.test(name)) messages.push('the name must be letters, digits, ".", "_" and "-", beginning and ending with a letter or digit')
  return messages.length ? messages : none
}

export const isConfigMapKey = (text: string): Messages => {
  const messages: string[] = []
  if (byteLength(text) > 253) messages.push(tooLongMessage(253))
  if (!configKey.test(text)) messages.push('must be letters, digits, "-", "_" and "."')
  if (text === '.') messages.push('must not be "."')
  else if (text === '..') messages.push('must not be ".."')
  else if (text.startsWith('..')) messages.push('must not begin with ".."')
  return messages
}

/** Any printable ASCII but "=". */
export const isRelaxedEnvVarName = (text: string): Messages => {
  if (text === '') return ['must not be empty']
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === 0x3d) return ['must be printable ASCII without "="']
  }
  return none
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/
export const isCIdentifier = (text: string): Messages => (identifier.test(text) ? none : ['must be letters, digits and "_", not beginning with a digit'])

export const isPortNumber = (port: number): Messages => (port >= 1 && port <= 65535 ? none : ['must be between 1 and 65535'])
export const isPortName = (text: string): Messages => {
  const messages: string[] = []
  if (byteLength(text) > 15) messages.push(tooLongMessage(15))
  if (!portName.test(text)) messages.push('must be lower-case letters, digits and "-"')
  if (!/[a-z]/.test(text)) messages.push('must have at least one letter')
  if (text.includes('--')) messages.push('must not have consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) messages.push('must not begin or end with a hyphen')
  return messages
}
export const isHttpHeaderName = (text: string): Messages => (headerName.test(text) ? none : ['must be letters, digits and "-"'])

const maxId = 2 ** 31 - 1
export const isUserId = (id: number): Messages => (id >= 0 && id <= maxId ? none : [`must be between 0 and ${maxId}`])

export const isPathSegmentName = (text: string): Messages => {
  if (text === '.' || text === '..') return [`must not be ${JSON.stringify(text)}`]
  const messages = ['/', '%'].filter(c => text.includes(c)).map(c => `must not have ${JSON.stringify(c)}`)
  return messages.length ? messages : none
}

const percent = /^[0-9]+%$/
export const isPercent = (text: string): Messages => (percent.test(text) ? none : ['must be digits followed by "%"'])

/** A prefix of generateName may end in a hyphen. */
export const maskTrailingDash = (prefix: string): string => (prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix)
