// The rest of the language itself: logic as it is type-checked, size, index, the tests on strings, and the parts of times.
import type { CelValue } from '../cel.types.ts'
import { multiply, scale } from '../estimate.ts'
import { type CelFunction, define, member, type Overload, overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { datePartsOf, type DateParts } from '../time.ts'
import { boolType, bytesType, type CelType, durationType, intType, listType, mapType, parameterType, stringType, timestampType } from '../type.ts'
import { type CelDuration, CelError, type CelTimestamp, noSuchOverload } from '../value.ts'
import { arithmetic } from './arithmetic.ts'
import { comparison } from './comparison.ts'
import { conversion } from './conversion.ts'
import { matching, traversal, traversalFactor, traversing } from './costs.ts'
import { matchesPattern } from './regex.ts'

const [A, B] = [parameterType('A'), parameterType('B')]

/** The interpreter has its own way with these: only their types are needed. */
const typedOnly = (id: string, parameters: readonly CelType[], result: CelType): Overload => overload(id, parameters, result, noSuchOverload)

const size = (value: CelValue): CelValue => BigInt(sizeOf(value))
const sized: readonly (readonly [string, CelType])[] = [
  ['bytes', bytesType],
  ['list', listType(A)],
  ['map', mapType(A, B)],
  ['string', stringType],
]

/** Estimated by what is looked for, charged by what is looked at. */
const affix = { cost: traversing(0).cost!, estimate: traversing(1).estimate! }

const timePart = (name: string, read: (parts: DateParts) => number, ofDuration?: (nanos: bigint) => bigint): CelFunction => {
  const get = (time: CelTimestamp, zone?: string): CelValue => {
    const parts = datePartsOf(time.nanos, zone)
    return parts ? BigInt(read(parts)) : new CelError(`unknown time zone ${zone}`)
  }
  const id = name.slice(3).toLowerCase()
  return define(
    name,
    member(`timestamp_to_${id}`, [timestampType], intType, (time: CelTimestamp) => get(time)),
    member(`timestamp_to_${id}_with_tz`, [timestampType, stringType], intType, get),
    ...(ofDuration ? [member(`duration_to_${id}`, [durationType], intType, (value: CelDuration) => ofDuration(value.nanos))] : []),
  )
}

export const standard: readonly CelFunction[] = [
  ...arithmetic,
  ...comparison,
  ...conversion,
  define('_&&_', typedOnly('logical_and', [boolType, boolType], boolType)),
  define('_||_', typedOnly('logical_or', [boolType, boolType], boolType)),
  define(
    '!_',
    overload('logical_not', [boolType], boolType, (value: boolean) => !value),
  ),
  define('@not_strictly_false', typedOnly('not_strictly_false', [boolType], boolType)),
  define('_?_:_', typedOnly('conditional', [boolType, A, A], A)),
  define('_[_]', typedOnly('index_list', [listType(A), intType], A), typedOnly('index_map', [mapType(A, B), A], B)),
  define(
    'size',
    ...sized.map(([id, type]) => overload(`size_${id}`, [type], intType, size)),
    ...sized.map(([id, type]) => member(`${id}_size`, [type], intType, size)),
  ),
  define(
    'contains',
    member('contains_string', [stringType, stringType], boolType, (text: string, part: string) => text.includes(part), {
      cost: ([text, part]) => traversal(sizeOf(text!)) * traversal(sizeOf(part!)),
      estimate: ([text, part]) => ({ cost: multiply(scale(text!.size, traversalFactor), scale(part!.size, traversalFactor)) }),
    }),
  ),
  define(
    'startsWith',
    member('starts_with_string', [stringType, stringType], boolType, (text: string, part: string) => text.startsWith(part), affix),
  ),
  define(
    'endsWith',
    member('ends_with_string', [stringType, stringType], boolType, (text: string, part: string) => text.endsWith(part), affix),
  ),
  define(
    'matches',
    overload('matches', [stringType, stringType], boolType, matchesPattern, matching()),
    member('matches_string', [stringType, stringType], boolType, matchesPattern, matching()),
  ),
  timePart('getFullYear', p => p.year),
  timePart('getMonth', p => p.month),
  timePart('getDayOfYear', p => p.dayOfYear),
  timePart('getDayOfMonth', p => p.day - 1),
  timePart('getDate', p => p.day),
  timePart('getDayOfWeek', p => p.weekday),
  timePart(
    'getHours',
    p => p.hour,
    n => n / 3_600_000_000_000n,
  ),
  timePart(
    'getMinutes',
    p => p.minute,
    n => n / 60_000_000_000n,
  ),
  timePart(
    'getSeconds',
    p => p.second,
    n => n / 1_000_000_000n,
  ),
  timePart(
    'getMilliseconds',
    p => p.millisecond,
    n => (n / 1_000_000n) % 1000n,
  ),
]
