// Conversions between types, as strconv and time do them.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, overload } from '../function.ts'
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp, second, toDuration, toTimestamp } from '../time.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  parameterType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from '../type.ts'
import type { CelDuration } from '../value.ts'
import { CelError, type CelTimestamp, CelTypeValue, CelUint, typeOf } from '../value.ts'
import { toInt, toUint } from './arithmetic.ts'
import { traversal, traversalFactor } from './costs.ts'
import { sizeOf } from '../interpreter.ts'
import { scale } from '../estimate.ts'

const failed = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`)

/** The shortest that reads back the same, as Go's %g: with an exponent from a million on. */
export const formatDouble = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return plainDouble(value)
  return `${digits}e${power < 0 ? '-' : '+'}${Math.abs(power).toString().padStart(2, '0')}`
}
/** Without an exponent. */
export const plainDouble = (value: number): string => {
  const text = String(value)
  if (!text.includes('e')) return text
  const [digits = '', exponent = '0'] = text.split('e')
  const negative = digits.startsWith('-') ? '-' : ''
  const bare = digits.replace('-', '').replace('.', '')
  const power = Number(exponent)
  return power < 0 ? `${negative}0.${'0'.repeat(-power - 1)}${bare}` : `${negative}${bare.padEnd(power + 1, '0')}`
}

const fromDouble = (value: number, check: (value: bigint) => CelValue, overflow: string): CelValue =>
  Number.isFinite(value) ? check(BigInt(Math.trunc(value))) : new CelError(overflow)

const truths: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map(text => [text, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map(text => [text, false]),
]) as Record<string, boolean>

const doubleSyntax = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const parseDouble = (text: string): number | undefined => {
  if (doubleSyntax.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (!special) return undefined
  return special[2]?.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity
}

const same = (id: string, type: CelType): ReturnType<typeof overload> => overload(id, [type], type, (value: CelValue) => value)
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const toStringFunction = define(
  'string',
  same('string_to_string', stringType),
  overload('bool_to_string', [boolType], stringType, (value: boolean) => String(value)),
  overload(
    'bytes_to_string',
    [bytesType],
    stringType,
    (value: Uint8Array) => {
      try {
        return utf8.decode(value)
      } catch {
        return new CelError('invalid UTF-8 in bytes, cannot convert to string')
      }
    },
    {
      cost: ([value]) => traversal(sizeOf(value!)),
      estimate: ([value]) => ({ cost: scale(value!.size, traversalFactor), resultSize: { min: Math.floor(value!.size.min / 4), max: value!.size.max } }),
    },
  ),
  overload('double_to_string', [doubleType], stringType, formatDouble),
  overload('duration_to_string', [durationType], stringType, (value: CelDuration) => formatDuration(value.nanos)),
  overload('int64_to_string', [intType], stringType, (value: bigint) => value.toString()),
  overload('timestamp_to_string', [timestampType], stringType, (value: CelTimestamp) => formatTimestamp(value.nanos)),
  overload('uint64_to_string', [uintType], stringType, (value: CelUint) => value.value.toString()),
)

export const conversion: readonly CelFunction[] = [
  define(
    'bool',
    same('bool_to_bool', boolType),
    overload('string_to_bool', [stringType], boolType, (text: string) => truths[text] ?? failed('string', 'bool')),
  ),
  define(
    'bytes',
    same('bytes_to_bytes', bytesType),
    overload('string_to_bytes', [stringType], bytesType, (text: string) => new Uint8Array(Buffer.from(text)), {
      cost: ([text]) => traversal(sizeOf(text!)),
      estimate: ([text]) => ({ cost: scale(text!.size, traversalFactor), resultSize: { min: text!.size.min, max: text!.size.max * 4 } }),
    }),
  ),
  define(
    'double',
    same('double_to_double', doubleType),
    overload('int64_to_double', [intType], doubleType, (value: bigint) => Number(value)),
    overload('string_to_double', [stringType], doubleType, (text: string) => parseDouble(text) ?? failed('string', 'double')),
    overload('uint64_to_double', [uintType], doubleType, (value: CelUint) => Number(value.value)),
  ),
  define(
    'duration',
    same('duration_to_duration', durationType),
    overload('int64_to_duration', [intType], durationType, toDuration),
    overload('string_to_duration', [stringType], durationType, (text: string) => {
      const nanos = parseDuration(text)
      return nanos === undefined ? failed('string', 'google.protobuf.Duration') : toDuration(nanos)
    }),
  ),
  define(
    'int',
    same('int64_to_int64', intType),
    overload('double_to_int64', [doubleType], intType, (value: number) => fromDouble(value, toInt, 'integer overflow')),
    overload('duration_to_int64', [durationType], intType, (value: CelDuration) => value.nanos),
    overload('string_to_int64', [stringType], intType, (text: string) => {
      const value = /^[+-]?\d+$/.test(text) && text.length < 40 ? toInt(BigInt(text.startsWith('+') ? text.slice(1) : text)) : undefined
      return typeof value === 'bigint' ? value : failed('string', 'int')
    }),
    overload('timestamp_to_int64', [timestampType], intType, (value: CelTimestamp) => (value.nanos - (((value.nanos % second) + second) % second)) / second),
    overload('uint64_to_int64', [uintType], intType, (value: CelUint) => toInt(value.value)),
  ),
  toStringFunction,
  define(
    'timestamp',
    same('timestamp_to_timestamp', timestampType),
    overload('int64_to_timestamp', [intType], timestampType, (value: bigint) => toTimestamp(value * second)),
    overload('string_to_timestamp', [stringType], timestampType, (text: string) => {
      const nanos = parseTimestamp(text)
      return nanos === undefined ? failed('string', 'google.protobuf.Timestamp') : toTimestamp(nanos)
    }),
  ),
  define(
    'uint',
    same('uint64_to_uint64', uintType),
    overload('double_to_uint64', [doubleType], uintType, (value: number) => fromDouble(value, toUint, 'unsigned integer overflow')),
    overload('int64_to_uint64', [intType], uintType, toUint),
    overload('string_to_uint64', [stringType], uintType, (text: string) => {
      const value = /^\d+$/.test(text) && text.length < 40 ? toUint(BigInt(text)) : undefined
      return value instanceof CelUint ? value : failed('string', 'uint')
    }),
  ),
  define(
    'dyn',
    overload('to_dyn', [parameterType('A')], dynType, (value: CelValue) => value),
  ),
  define(
    'type',
    overload('type', [parameterType('A')], typeType(parameterType('A')), (value: CelValue) => new CelTypeValue(typeOf(value))),
  ),
]
