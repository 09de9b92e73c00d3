// Timestamps and durations as Go reads and writes them, to the nanosecond.
import { CelDuration, CelError, CelTimestamp } from './value.ts'

export const second = 1_000_000_000n
const int64Max = 2n ** 63n - 1n

/** 0001-01-01 and 9999-12-31, in seconds since the epoch. */
const firstSecond = -62_135_596_800n
const lastSecond = 253_402_300_799n

export const toTimestamp = (nanos: bigint): CelTimestamp | CelError =>
  nanos < firstSecond * second || nanos > lastSecond * second + 999_999_999n ? new CelError('timestamp overflow') : new CelTimestamp(nanos)
export const toDuration = (nanos: bigint): CelDuration | CelError =>
  nanos > int64Max || nanos < -int64Max - 1n ? new CelError('duration overflow') : new CelDuration(nanos)

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/
const daysIn = (year: number, month: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()

const fraction = (digits: string | undefined): bigint => (digits ? BigInt(digits.slice(0, 9).padEnd(9, '0')) : 0n)

/** RFC 3339 as time.Parse takes it: no lower case, no leap seconds. */
export const parseTimestamp = (text: string): bigint | undefined => {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, seconds = 0] = match.slice(1, 7).map(Number)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || seconds > 59) return undefined
  const zone = match[8] ?? 'Z'
  let offset = 0
  if (zone !== 'Z') {
    const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))]
    if (hours > 24 || minutes > 60) return undefined
    offset = (hours * 60 + minutes) * (zone.startsWith('-') ? -60 : 60)
  }
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, seconds)
  return (BigInt(date.getTime() / 1000) - BigInt(offset)) * second + fraction(match[7])
}

const isoDate = /^\d{4}-\d\d-\d\d$/
/** A full-date of a schema: midnight, UTC. */
export const parseDate = (text: string): bigint | undefined => (isoDate.test(text) ? parseTimestamp(`${text}T00:00:00Z`) : undefined)

const units: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, µs: 1000n, μs: 1000n, ms: 1_000_000n, s: second, m: 60n * second, h: 3600n * second }
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y

/** As time.ParseDuration. */
export const parseDuration = (text: string): bigint | undefined => {
  const negative = text.startsWith('-')
  const rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '' || rest.length > 200) return undefined
  let nanos = 0n
  part.lastIndex = 0
  for (let at = 0; at < rest.length; at = part.lastIndex) {
    part.lastIndex = at
    const match = part.exec(rest)
    if (!match) return undefined
    const [, whole = '', decimals = '', unit = ''] = match
    if (whole === '' && decimals === '') return undefined
    const scale = units[unit]!
    nanos += BigInt(whole || '0') * scale + (decimals ? (BigInt(decimals) * scale) / 10n ** BigInt(decimals.length) : 0n)
  }
  if (nanos > int64Max + (negative ? 1n : 0n)) return undefined
  return negative ? -nanos : nanos
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b))

export const formatTimestamp = (nanos: bigint): string => {
  const seconds = floorDivide(nanos, second)
  const rest = nanos - seconds * second
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const digits = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`
  return `${date}${digits}Z`
}

/** In seconds, as cel-go's string(duration). */
export const formatDuration = (nanos: bigint): string => {
  const [sign, amount] = nanos < 0n ? ['-', -nanos] : ['', nanos]
  const rest = amount % second
  const digits = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`
  return `${sign}${amount / second}${digits}s`
}

export interface DateParts {
  readonly year: number
  /** From 0. */
  readonly month: number
  /** From 1. */
  readonly day: number
  readonly weekday: number
  /** From 0. */
  readonly dayOfYear: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

const offsetZone = /^([+-]?\d{1,4}):([+-]?\d{1,4})$/

/** Seconds east of UTC at that moment; undefined: no such zone. */
const offsetOf = (atMs: number, zone: string): number | undefined => {
  if (zone === '' || zone === 'UTC') return 0
  const match = offsetZone.exec(zone)
  if (match) {
    const [hours, minutes] = [Number(match[1]), Number(match[2])]
    return (zone.startsWith('-') ? hours * 60 - minutes : hours * 60 + minutes) * 60
  }
  if (zone.includes(':')) return undefined
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(atMs)
    const text = parts.find(p => p.type === 'timeZoneName')?.value ?? 'GMT'
    const found = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text)
    if (!found) return 0
    return (Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0)) * (found[1] === '-' ? -1 : 1)
  } catch {
    return undefined
  }
}

export const datePartsOf = (nanos: bigint, zone = 'UTC'): DateParts | undefined => {
  const seconds = Number(floorDivide(nanos, second))
  const offset = offsetOf(seconds * 1000, zone)
  if (offset === undefined) return undefined
  const date = new Date((seconds + offset) * 1000)
  const newYear = new Date(0)
  newYear.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    dayOfYear: Math.floor((date.getTime() - newYear.getTime()) / 86_400_000),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: Number((nanos - BigInt(seconds) * second) / 1_000_000n),
  }
}
