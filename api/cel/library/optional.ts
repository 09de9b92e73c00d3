// Optional values: made, asked, chained.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, member, type Overload, overload } from '../function.ts'
import { noSuchOverload } from '../value.ts'
import { boolType, type CelType, intType, listType, mapType, opaqueType, parameterType } from '../type.ts'
import { ArrayList, CelDuration, CelError, CelFields, CelList, CelMap, CelOpaque, CelOptional, CelUint } from '../value.ts'

const [T, K, V] = [parameterType('T'), parameterType('K'), parameterType('V')]
const optionalT = opaqueType('optional_type', T)
const optionalV = opaqueType('optional_type', V)
const none = new CelOptional(undefined)

/** Nothing in it: what ofNonZeroValue takes for absent. */
const isZero = (value: CelValue): boolean => {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true
  if (value instanceof Uint8Array) return value.length === 0
  if (value instanceof CelUint) return value.value === 0n
  if (value instanceof CelDuration) return value.nanos === 0n
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0
  if (value instanceof CelOptional) return value.value === undefined
  return value instanceof CelFields ? value.names().length === 0 : value instanceof CelOpaque && value.value === ''
}

/** Read by the interpreter; only the types are needed here. */
const typedOnly = (id: string, parameters: readonly CelType[], result: CelType): Overload => overload(id, parameters, result, noSuchOverload)

const unwrap = (list: CelList): CelValue => {
  const values: CelValue[] = []
  for (const item of list) {
    if (!(item instanceof CelOptional)) return noSuchOverload()
    if (item.value !== undefined) values.push(item.value)
  }
  return new ArrayList(values)
}

export const optional: readonly CelFunction[] = [
  define(
    'optional.of',
    overload('optional_of', [T], optionalT, (value: CelValue) => new CelOptional(value)),
  ),
  define(
    'optional.ofNonZeroValue',
    overload('optional_ofNonZeroValue', [T], optionalT, (value: CelValue) => (isZero(value) ? none : new CelOptional(value))),
  ),
  define(
    'optional.none',
    overload('optional_none', [], optionalT, () => none),
  ),
  define(
    'hasValue',
    member('optional_hasValue', [optionalT], boolType, ({ value }: CelOptional) => value !== undefined),
  ),
  define(
    'value',
    member('optional_value', [optionalT], T, ({ value }: CelOptional) => value ?? (value === null ? null : new CelError('optional.none() dereference'))),
  ),
  define(
    'or',
    member('optional_or_optional', [optionalT, optionalT], optionalT, (a: CelOptional, b: CelOptional) => (a.value === undefined ? b : a)),
  ),
  define(
    'orValue',
    member('optional_orValue_value', [optionalT, T], T, (a: CelOptional, other: CelValue) => (a.value === undefined ? other : a.value)),
  ),
  define(
    '_[_]',
    typedOnly('optional_list_index_int', [opaqueType('optional_type', listType(V)), intType], optionalV),
    typedOnly('optional_map_index_value', [opaqueType('optional_type', mapType(K, V)), K], optionalV),
  ),
  define(
    '_[?_]',
    typedOnly('list_optindex_optional_int', [listType(V), intType], optionalV),
    typedOnly('optional_list_optindex_optional_int', [opaqueType('optional_type', listType(V)), intType], optionalV),
    typedOnly('map_optindex_optional_value', [mapType(K, V), K], optionalV),
    typedOnly('optional_map_optindex_optional_value', [opaqueType('optional_type', mapType(K, V)), K], optionalV),
  ),
  define(
    'first',
    member('list_first', [listType(T)], optionalT, (list: CelList) => (list.size ? new CelOptional(list.at(0)) : none)),
  ),
  define(
    'last',
    member('list_last', [listType(T)], optionalT, (list: CelList) => (list.size ? new CelOptional(list.at(list.size - 1)) : none)),
  ),
  define('optional.unwrap', overload('optional_unwrap', [listType(optionalT)], listType(T), unwrap)),
  define('unwrapOpt', member('optional_unwrapOpt', [listType(optionalT)], listType(T), unwrap)),
]
