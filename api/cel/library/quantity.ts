// Kubernetes' resource quantities.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, member, overload } from '../function.ts'
import { boolType, doubleType, intType, opaqueType, stringType } from '../type.ts'
import { addQuantities, compareQuantities, parseQuantity, type Quantity, subQuantities, tryParseQuantity } from '../../quantity.ts'
import { CelError, CelOpaque } from '../value.ts'
import { traversing } from './costs.ts'

const quantityType = opaqueType('kubernetes.Quantity')
type QuantityValue = CelOpaque<Quantity>

const wrap = (value: Quantity): QuantityValue => new CelOpaque(quantityType, value, other => compareQuantities(value, other) === 0)
const toQuantity = (text: string): CelValue =>
  tryParseQuantity(text) ? wrap(parseQuantity(text)) : new CelError('quantities must match the regular expression')
const ofInt = (amount: bigint): Quantity => ({ unscaled: amount, scale: 0, format: 'DecimalSI' })

/** Only what an int64 holds whole. */
const wholeOf = ({ unscaled, scale }: Quantity): bigint | undefined => {
  const divisor = scale < 0 ? 10n ** BigInt(-scale) : 1n
  if (unscaled % divisor !== 0n || scale > 40) return unscaled === 0n ? 0n : undefined
  const value = scale < 0 ? unscaled / divisor : unscaled * 10n ** BigInt(scale)
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined
}
const approximate = ({ unscaled, scale }: Quantity): number => Number(`${unscaled}e${scale}`)

const parsing = { cost: traversing().cost! }
const both = [quantityType, quantityType]

export const quantity: readonly CelFunction[] = [
  define('quantity', overload('string_to_quantity', [stringType], quantityType, toQuantity, parsing)),
  define(
    'isQuantity',
    overload('is_quantity_string', [stringType], boolType, (text: string) => tryParseQuantity(text) !== undefined, parsing),
  ),
  // A function, not a method, upstream too.
  define(
    'sign',
    overload('quantity_sign', [quantityType], intType, ({ value }: QuantityValue) => BigInt(compareQuantities(value, ofInt(0n)))),
  ),
  define(
    'isGreaterThan',
    member('quantity_is_greater_than', both, boolType, (a: QuantityValue, b: QuantityValue) => compareQuantities(a.value, b.value) > 0),
  ),
  define(
    'isLessThan',
    member('quantity_is_less_than', both, boolType, (a: QuantityValue, b: QuantityValue) => compareQuantities(a.value, b.value) < 0),
  ),
  define(
    'compareTo',
    member('quantity_compare_to', both, intType, (a: QuantityValue, b: QuantityValue) => BigInt(compareQuantities(a.value, b.value))),
  ),
  define(
    'isInteger',
    member('quantity_is_integer', [quantityType], boolType, ({ value }: QuantityValue) => wholeOf(value) !== undefined),
  ),
  define(
    'asInteger',
    member('quantity_as_integer', [quantityType], intType, ({ value }: QuantityValue) => wholeOf(value) ?? new CelError('cannot convert value to integer')),
  ),
  define(
    'asApproximateFloat',
    member('quantity_as_float', [quantityType], doubleType, ({ value }: QuantityValue) => approximate(value)),
  ),
  define(
    'add',
    member('quantity_add', both, quantityType, (a: QuantityValue, b: QuantityValue) => wrap(addQuantities(a.value, b.value))),
    member('quantity_add_int', [quantityType, intType], quantityType, (a: QuantityValue, b: bigint) => wrap(addQuantities(a.value, ofInt(b)))),
  ),
  define(
    'sub',
    member('quantity_sub', both, quantityType, (a: QuantityValue, b: QuantityValue) => wrap(subQuantities(a.value, b.value))),
    member('quantity_sub_int', [quantityType, intType], quantityType, (a: QuantityValue, b: bigint) => wrap(subQuantities(a.value, ofInt(b)))),
  ),
]
