// Times as Go's time package reads (RFC 3339) and Kubernetes writes them: metav1.Time to the second, MicroTime to the microsecond, UTC.

export interface Instant {
  readonly seconds: number
  readonly nanos: number
}

const syntax = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/
const canonicalTime = /^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
/** 0001-01-01T00:00:00Z: Go's zero time, which is written as null. */
const zeroSeconds = -62135596800

export const parseTime = (text: string): Instant | undefined => {
  const match = syntax.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined
  let offset = 0
  if (match[8] !== 'Z') {
    const [hours = 0, minutes = 0] = match[8]!.slice(1).split(':').map(Number)
    if (hours > 24 || minutes > 60) return undefined
    offset = (match[8]!.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
  return { seconds: date.getTime() / 1000 - offset, nanos: Number((match[7] ?? '').padEnd(9, '0').slice(0, 9)) }
}

export const isZeroTime = (t: Instant): boolean => t.seconds === zeroSeconds && t.nanos === 0

const toSecond = (t: Instant): string => new Date(t.seconds * 1000).toISOString().replace(/^\+00|\.\d+Z$/g, '')
export const formatTime = (t: Instant): string => `${toSecond(t)}Z`
export const formatMicroTime = (t: Instant): string => `${toSecond(t)}.${String(Math.floor(t.nanos / 1000)).padStart(6, '0')}Z`

/** The text as it is stored; null for the zero time, undefined for what is no time. */
export const normalizeTime = (text: string): string | null | undefined => {
  if (canonicalTime.test(text)) return text
  const t = parseTime(text)
  return t && (isZeroTime(t) ? null : formatTime(t))
}
/** Six digits, no more and no less, as upstream's layout for MicroTime wants. */
export const normalizeMicroTime = (text: string): string | null | undefined => {
  const t = /\.\d{6}[Z+-]/.test(text) ? parseTime(text) : undefined
  return t && (isZeroTime(t) ? null : formatMicroTime(t))
}
