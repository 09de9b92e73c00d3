// Operators on numbers, times, strings, bytes and lists: exact in 64 bits, an error where Go's would overflow.
import type { CelValue } from '../cel.types.ts'
import { add, fixed, scale } from '../estimate.ts'
import { type CelFunction, define, type Overload, overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { toDuration, toTimestamp } from '../time.ts'
import { bytesType, type CelType, doubleType, durationType, intType, listType, parameterType, stringType, timestampType, uintType } from '../type.ts'
import type { CelDuration } from '../value.ts'
import { CelError, type CelList, type CelTimestamp, CelUint } from '../value.ts'
import { traversal, traversalFactor } from './costs.ts'

const int64Max = 2n ** 63n - 1n
const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

export const toInt = (value: bigint): CelValue => (value > int64Max || value < int64Min ? new CelError('integer overflow') : value)
export const toUint = (value: bigint): CelValue => (value < 0n || value > uint64Max ? new CelError('unsigned integer overflow') : new CelUint(value))

type Integers = (a: bigint, b: bigint) => bigint
type Doubles = (a: number, b: number) => number

const onInts = (id: string, apply: Integers): Overload => overload(id, [intType, intType], intType, (a: bigint, b: bigint) => toInt(apply(a, b)))
const onUints = (id: string, apply: Integers): Overload =>
  overload(id, [uintType, uintType], uintType, (a: CelUint, b: CelUint) => toUint(apply(a.value, b.value)))
const onDoubles = (id: string, apply: Doubles): Overload => overload(id, [doubleType, doubleType], doubleType, apply)
const numeric = (name: string, integers: Integers, doubles: Doubles): Overload[] => [
  onDoubles(`${name}_double`, doubles),
  onInts(`${name}_int64`, integers),
  onUints(`${name}_uint64`, integers),
]
/** Division and remainder: of zero they are an error. */
const dividing = (name: string, why: string, apply: Integers): Overload[] => [
  overload(`${name}_int64`, [intType, intType], intType, (a: bigint, b: bigint) => (b === 0n ? new CelError(why) : toInt(apply(a, b)))),
  overload(`${name}_uint64`, [uintType, uintType], uintType, (a: CelUint, b: CelUint) =>
    b.value === 0n ? new CelError(why) : toUint(apply(a.value, b.value)),
  ),
]

type Instant = CelTimestamp | CelDuration
const onTimes = (id: string, left: CelType, right: CelType, result: CelType, apply: Integers): Overload =>
  overload(id, [left, right], result, (a: Instant, b: Instant) =>
    result.kind === 'duration' ? toDuration(apply(a.nanos, b.nanos)) : toTimestamp(apply(a.nanos, b.nanos)),
  )

const plus: Integers = (a, b) => a + b
const minus: Integers = (a, b) => a - b

const concatenating = {
  cost: ([a, b]: readonly CelValue[]): number => traversal(sizeOf(a!) + sizeOf(b!)),
  estimate: (args: Parameters<NonNullable<Overload['estimate']>>[0]) => {
    const resultSize = add(args[0]!.size, args[1]!.size)
    return { cost: scale(resultSize, traversalFactor), resultSize }
  },
}
const listOfA = listType(parameterType('A'))

export const arithmetic: readonly CelFunction[] = [
  define(
    '_+_',
    overload('add_bytes', [bytesType, bytesType], bytesType, (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b])), concatenating),
    ...numeric('add', plus, (a, b) => a + b),
    onTimes('add_duration_duration', durationType, durationType, durationType, plus),
    onTimes('add_duration_timestamp', durationType, timestampType, timestampType, plus),
    onTimes('add_timestamp_duration', timestampType, durationType, timestampType, plus),
    overload('add_list', [listOfA, listOfA], listOfA, (a: CelList, b: CelList) => a.concat(b), {
      // Ours copies, hence is charged for it beyond what a copy-free one would be.
      cost: ([a, b]) => 1 + Math.floor((sizeOf(a!) + sizeOf(b!)) / 100),
      estimate: ([a, b]) => ({ cost: fixed(1), resultSize: add(a!.size, b!.size) }),
    }),
    overload('add_string', [stringType, stringType], stringType, (a: string, b: string) => a + b, concatenating),
  ),
  define(
    '_-_',
    ...numeric('subtract', minus, (a, b) => a - b),
    onTimes('subtract_duration_duration', durationType, durationType, durationType, minus),
    onTimes('subtract_timestamp_duration', timestampType, durationType, timestampType, minus),
    onTimes('subtract_timestamp_timestamp', timestampType, timestampType, durationType, minus),
  ),
  define(
    '_*_',
    ...numeric(
      'multiply',
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ),
  define(
    '_/_',
    onDoubles('divide_double', (a, b) => a / b),
    ...dividing('divide', 'division by zero', (a, b) => a / b),
  ),
  define('_%_', ...dividing('modulo', 'modulus by zero', (a, b) => a % b)),
  define(
    '-_',
    overload('negate_double', [doubleType], doubleType, (a: number) => -a),
    overload('negate_int64', [intType], intType, (a: bigint) => toInt(-a)),
  ),
]
