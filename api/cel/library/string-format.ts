// 'text %s'.format([…]): the verbs of cel-go's extended strings.
import type { CelValue } from '../cel.types.ts'
import { formatDuration, formatTimestamp } from '../time.ts'
import { CelDuration, CelError, CelList, CelMap, CelTimestamp, CelTypeValue, CelUint, show } from '../value.ts'
import { formatDouble, plainDouble } from './conversion.ts'

const maxPrecision = 1000
const maxLength = 10_000_000

/** %s: what string() makes of it, and lists and maps in brackets. */
const asText = (value: CelValue): string | CelError => {
  if (typeof value === 'number') return Number.isFinite(value) && Number.isInteger(value) ? plainDouble(value) : formatDouble(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos)
  if (value instanceof CelDuration) return formatDuration(value.nanos)
  if (value instanceof CelTypeValue) return value.of.name
  if (value instanceof CelList) return joined([...value].map(asText), '[', ']')
  if (value instanceof CelMap) {
    const entries = [...value.keys()].map(key => [asText(key), asText(value.get(key)!)] as const)
    const bad = entries.flat().find(part => part instanceof CelError)
    if (bad) return bad
    return joined(entries.map(([key, text]) => `${key as string}: ${text as string}`).sort(), '{', '}')
  }
  if (value === null || typeof value !== 'object' || value instanceof CelUint) return show(value)
  return new CelError('string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps')
}
const joined = (parts: readonly (string | CelError)[], open: string, close: string): string | CelError => {
  const bad = parts.find(part => part instanceof CelError)
  return bad ? bad : `${open}${(parts as readonly string[]).join(', ')}${close}`
}

const isAbnormal = (value: number): boolean => !Number.isFinite(value)
const abnormal = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity')

const amountOf = (value: CelValue): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelUint) return Number(value.value)
  if (value === 'NaN') return NaN
  return value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : undefined
}
const integerOf = (value: CelValue): bigint | undefined => (typeof value === 'bigint' ? value : value instanceof CelUint ? value.value : undefined)

const inBase = (value: CelValue, base: number): string | undefined => {
  if (typeof value === 'boolean' && base === 2) return value ? '1' : '0'
  return integerOf(value)?.toString(base)
}
const inHex = (value: CelValue): string | undefined =>
  typeof value === 'string' ? Buffer.from(value).toString('hex') : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : inBase(value, 16)

const exponential = (value: number, precision: number): string => value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')

const applyVerb = (verb: string, value: CelValue, precision: number): string | CelError => {
  const number = amountOf(value)
  switch (verb) {
    case 's':
      return asText(value)
    case 'd':
      return (
        integerOf(value)?.toString() ??
        (number !== undefined && isAbnormal(number) ? abnormal(number) : new CelError('decimal clause can only be used on integers'))
      )
    case 'f':
      if (number === undefined) return new CelError('fixed-point clause can only be used on doubles')
      return isAbnormal(number) ? abnormal(number) : number.toFixed(Math.min(precision, 100))
    case 'e':
      if (number === undefined) return new CelError('scientific clause can only be used on doubles')
      return isAbnormal(number) ? abnormal(number) : exponential(number, precision)
    case 'b':
      return inBase(value, 2) ?? new CelError('only ints, uints, and bools can be formatted as binary')
    case 'o':
      return inBase(value, 8) ?? new CelError('only ints and uints can be formatted as octal')
    case 'x':
      return inHex(value) ?? new CelError('only ints, uints, bytes, and strings can be formatted as hex')
    case 'X':
      return inHex(value)?.toUpperCase() ?? new CelError('only ints, uints, bytes, and strings can be formatted as hex')
    default:
      return new CelError(`could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(verb)}`)
  }
}

const clause = /%(?:%|(?:\.(\d+))?(.?))/gs

export const formatString = (text: string, args: CelList): CelValue => {
  let result = ''
  let last = 0
  let used = 0
  for (const match of text.matchAll(clause)) {
    result += text.slice(last, match.index)
    last = match.index + match[0].length
    if (match[0] === '%%') {
      result += '%'
      continue
    }
    const precision = match[1] === undefined ? 6 : Number(match[1])
    if (precision > maxPrecision) return new CelError(`precision ${precision} exceeds maximum allowed precision ${maxPrecision}`)
    if (used >= args.size) return new CelError(`index ${used} out of range`)
    const part = applyVerb(match[2] ?? '', args.at(used++), precision)
    if (part instanceof CelError) return part
    result += part
    if (result.length > maxLength) return new CelError('formatted result too large')
  }
  return result + text.slice(last)
}
