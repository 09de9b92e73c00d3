// The string formats that a custom resource's schema may ask for, as upstream's strfmt registry judges them. Formats that it does not
// know are no rule. Pure.
import { isIp6, parseCidr, parseIp } from '../validation/ip.ts'
import { isDns1123Label, isDns1123Subdomain } from '../validation/names.ts'
import { parseTime } from '../schema/time-format.ts'

type Judge = (text: string) => boolean

const matching =
  (pattern: RegExp): Judge =>
  text =>
    pattern.test(text)

const isV4: Judge = text => !text.includes(':') && parseIp(text) !== undefined

const isMac: Judge = text =>
  /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4,18}[0-9a-f]{2}$/i.test(text)
    ? [6, 8, 20].includes(text.split(/[:-]/).length)
    : /^([0-9a-f]{4}\.){2,9}[0-9a-f]{4}$/i.test(text) && [3, 4, 10].includes(text.split('.').length)

const hostname =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z0-9\p{S}\p{L}])(-?[a-zA-Z0-9\p{S}\p{L}]){1,62})$/u
/** The length is judged first: the pattern is not linear. */
const isHostname: Judge = text => Buffer.byteLength(text) <= 255 && text.split('.').every(part => Buffer.byteLength(part) <= 63) && hostname.test(text)

/** Go's url.ParseRequestURI: absolute, or a path. */
const isUri: Judge = text => {
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return false
  if (/%(?![0-9a-fA-F]{2})/.test(text.split('?')[0]!)) return false
  if (text.startsWith('/') || text === '*') return !/\s/.test(text.split('/')[2] ?? '') || !text.startsWith('//')
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text)
  if (!scheme) return false
  const rest = text.slice(scheme[0].length)
  if (!rest.startsWith('//')) return rest !== ''
  const host = rest
    .slice(2)
    .split(/[/?]/)[0]!
    .replace(/^[^@]*@/, '')
  return !/[\s<>"\\^`{|}]/.test(host) && (!/:[^\]]*$/.test(host) || /:\d*$/.test(host))
}

const atom = String.raw`[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~\u0080-\uffff-]+`
const quoted = String.raw`"(?:[^"\\]|\\.)*"`
const domain = String.raw`(?:${atom}(?:\.${atom})*|\[[^\[\]\\]*\])`
const address = `(?:${atom}(?:\\.${atom})*|${quoted})@${domain}`
const email = new RegExp(`^\\s*(?:${address}|(?:(?:${atom}(?:\\.${atom})*|${quoted})\\s*)*<${address}>)\\s*$`, 'u')
/** A mail address as Go's net/mail reads one, with or without a display name. */
const isEmail: Judge = text => text.length <= 4096 && email.test(text)

const digits = (text: string): string => text.replace(/[\s-]+/g, '')
const isIsbn10: Judge = text => {
  const s = digits(text)
  if (!/^(?:\d{9}X|\d{10})$/.test(s)) return false
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (i + 1) * Number(s[i])
  return (sum + 10 * (s[9] === 'X' ? 10 : Number(s[9]))) % 11 === 0
}
const isIsbn13: Judge = text => {
  const s = digits(text)
  if (!/^\d{13}$/.test(s)) return false
  let sum = 0
  for (let i = 0; i < 12; i++) sum += (i % 2 ? 3 : 1) * Number(s[i])
  return (10 - (sum % 10)) % 10 === Number(s[12])
}

const cardNumber =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$/
const isCreditCard: Judge = text => {
  const s = text.replace(/[^0-9]+/g, '')
  if (!cardNumber.test(s)) return false
  let sum = 0
  for (let i = s.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = Number(s[i]) * (double ? 2 : 1)
    sum += digit >= 10 ? digit - 9 : digit
  }
  return sum % 10 === 0
}

const channel = String.raw`\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*`
const rgb = new RegExp(`^rgb\\(${channel},${channel},${channel}\\)$`)

const isDate: Judge = text => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  return match !== null && parseTime(`${text}T00:00:00Z`) !== undefined
}

/** Upstream's strfmt: a day, then T, space or t, and a time; parsed by a handful of layouts. */
const isDateTime: Judge = text => {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:[.,]\d+)?)([Zz]|[+-]\d\d:?\d\d)?$/.exec(text)
  return match !== null && parseTime(`${match[1]}T${match[2]}${toOffset(match[3])}`) !== undefined
}
const toOffset = (zone: string | undefined): string => {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 'Z'
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
}

const goDuration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/
const wordyDuration =
  /^\s*(?:\d+\s*(?:ns|nano(?:second)?s?|us|µs|micro(?:second)?s?|ms|milli(?:second)?s?|s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hr|hours?|d|days?|w|wk|weeks?))\s*$/i

const uuid = (version: string, variant = ''): Judge =>
  matching(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant || '[0-9a-f]'}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i'))

const judges: Readonly<Record<string, Judge>> = {
  bsonobjectid: matching(/^[0-9a-f]{24}$/i),
  uri: isUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: isV4,
  ipv6: isIp6,
  cidr: text => parseCidr(text) !== undefined,
  mac: isMac,
  uuid: uuid('[0-9a-f]'),
  uuid3: uuid('3'),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
  isbn: text => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matching(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matching(rgb),
  byte: matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: text => goDuration.test(text) || wordyDuration.test(text),
  datetime: isDateTime,
  k8sshortname: text => isDns1123Label(text).length === 0,
  k8slongname: text => isDns1123Subdomain(text).length === 0,
}

const numeric = new Set(['int32', 'int64', 'float', 'double', 'float32', 'float64'])
const normalize = (format: string): string => format.replace(/-/g, '')

/** Whether the format means anything: that of a number, or one with a rule. */
export const isKnownFormat = (format: string): boolean => numeric.has(format) || Object.hasOwn(judges, normalize(format))

/** The formats of a schema and of what is in it that mean nothing. */
export const unknownFormats = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(unknownFormats)
  if (typeof schema !== 'object' || schema === null) return []
  const { format, default: _default, enum: _enum, example: _example, ...below } = schema as Record<string, unknown>
  const own = typeof format === 'string' && format !== '' && !isKnownFormat(format) ? [format] : isProperties(format) ? unknownFormats(format) : []
  return [...own, ...Object.values(below).flatMap(unknownFormats)]
}
/** Of a property of that name. */
const isProperties = (value: unknown): boolean => typeof value === 'object'

/** True for texts of a format without a rule as well. */
export const matchesFormat = (format: string, text: string): boolean => {
  const name = normalize(format)
  return !Object.hasOwn(judges, name) || judges[name]!(text)
}
