// Leaf values as Go's JSON decoder takes them into typed fields. What it refuses comes back as a Refusal; null never gets here.
import { canonicalQuantity, tryParseQuantity } from '../quantity.ts'
import type { SchemaKind } from './schema.ts'
import { normalizeMicroTime, normalizeTime } from './time-format.ts'

/** Why a value was refused: the end of a sentence that begins with its path. */
export class Refusal {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

const nameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value
export const mismatch = (value: unknown, wanted: string): Refusal => new Refusal(`cannot unmarshal ${nameOf(value)} into a field of type ${wanted}`)

const int64Min = -(2n ** 63n)
const int64Max = 2n ** 63n - 1n

const integer = (value: unknown, wanted: string, min: number, max: number): number | Refusal =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : typeof value === 'number' || typeof value === 'bigint'
      ? new Refusal(`cannot unmarshal number ${String(value)} into a field of type ${wanted}`)
      : mismatch(value, wanted)

const int64 = (value: unknown): number | bigint | Refusal =>
  typeof value === 'bigint' && value >= int64Min && value <= int64Max ? value : integer(value, 'int64', -(2 ** 63), 2 ** 63 - 1024)

const base64 = /^[A-Za-z0-9+/]*={0,2}$/
/** Go ignores line ends and loose bits at the end; what is stored has neither. */
const bytes = (value: string): string | Refusal => {
  const text = value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]/g, '') : value
  if (text.length % 4 !== 0 || !base64.test(text)) return new Refusal('illegal base64 data')
  return text.endsWith('=') ? Buffer.from(text, 'base64').toString('base64') : text
}

const quantity = (value: unknown): string | Refusal => {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
  if (typeof text !== 'string') return mismatch(value, 'Quantity')
  const canonical = canonicalQuantity(text)
  return canonical !== text || tryParseQuantity(text)
    ? canonical
    : new Refusal("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
}

const time = (value: unknown, normalize: (text: string) => string | null | undefined): string | null | Refusal => {
  if (typeof value !== 'string') return mismatch(value, 'Time')
  const text = normalize(value)
  return text === undefined ? new Refusal(`${JSON.stringify(value)} is not a time as RFC 3339 has it`) : text
}

/** Anything Go's time.ParseDuration reads; kept as it was written. */
const duration = /^[+-]?(0|(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/

export const decodeScalar = (kind: SchemaKind, value: unknown): unknown => {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : mismatch(value, 'string')
    case 'boolean':
      return typeof value === 'boolean' ? value : mismatch(value, 'bool')
    case 'int32':
      return integer(value, 'int32', -(2 ** 31), 2 ** 31 - 1)
    case 'uint32':
      return integer(value, 'uint32', 0, 2 ** 32 - 1)
    case 'int64':
      return int64(value)
    case 'double':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : mismatch(value, 'float64')
    case 'bytes':
      return typeof value === 'string' ? bytes(value) : mismatch(value, '[]uint8')
    case 'quantity':
      return quantity(value)
    case 'time':
      return time(value, normalizeTime)
    case 'microTime':
      return time(value, normalizeMicroTime)
    case 'duration':
      return typeof value === 'string' && duration.test(value) ? value : mismatch(value, 'Duration')
    case 'intOrString':
      return typeof value === 'string' ? value : integer(value, 'int32', -(2 ** 31), 2 ** 31 - 1)
    default:
      return value
  }
}
