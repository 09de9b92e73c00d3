// Judges a value by a custom resource's schema, as upstream's OpenAPI validator does: the same faults, also where it reports one twice or
// without a field (numbers out of range, alternatives of which none holds). A schema is compiled once; patterns run in linear time. Pure.
import { RE2JS } from '@bufbuild/re2'
import type { CauseReason } from '../status.ts'
import type { FieldError } from '../field-error.ts'
import { stringifyJson } from '../json.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import { isMap, jsonEqual, type JsonValue } from '../patch/json-value.ts'
import { type Correlation, itemOf } from './correlation.ts'
import { isKnownFormat, matchesFormat } from './formats.ts'

/** `score` counts what held: of several failed alternatives the best one is reported. */
interface Result {
  readonly errors: FieldError[]
  score: number
}
type Check = (value: unknown, path: string, past: Correlation | undefined) => Result
/** `past` forgives faults of values that a write leaves as they were. */
export type ValueValidator = (value: unknown, past?: Correlation) => FieldError[]

const result = (score = 0, ...errors: FieldError[]): Result => ({ errors, score })
const nowhere = '<nil>'
const fault = (path: string, reason: CauseReason, detail: string, value: unknown = ''): FieldError => ({
  field: path === '' || path === '.' ? nowhere : path.replace(/^\./, ''),
  reason,
  detail,
  value,
})
/** What upstream reports without a field. */
const lost = (detail: string): FieldError => ({ field: nowhere, reason: 'FieldValueInvalid', detail, value: '' })

const merge = (into: Result, other: Result): void => {
  into.score += other.score
  for (const error of other.errors)
    if (!into.errors.some(e => e.field === error.field && e.reason === error.reason && e.detail === error.detail)) into.errors.push(error)
}

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
type GoKind = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'
/** What Go's decoder makes of a JSON value: integers that fit 64 bits, doubles otherwise. */
const kindOf = (value: unknown): GoKind => {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'bigint':
      return value >= int64.min && value <= int64.max ? 'integer' : 'number'
    case 'number':
      return Number.isSafeInteger(value) ? 'integer' : 'number'
    case 'boolean':
    case 'string':
      return typeof value as 'boolean' | 'string'
    default:
      return 'object'
  }
}
const isNumeric = (kind: GoKind): boolean => kind === 'integer' || kind === 'number'

const checkType = (types: readonly string[], format: string, nullable: boolean, value: unknown, path: string): Result => {
  const kind = kindOf(value)
  const wrong = (wanted: string, got: string): Result =>
    result(0, fault(path, 'FieldValueTypeInvalid', `${path} in body must be of type ${wanted}: ${JSON.stringify(got)}`, got))
  if (kind === 'null') return types.length && !nullable ? wrong(types.join(','), 'null') : result(1)
  const fits =
    types.includes(kind) ||
    (kind === 'integer' && types.includes('number')) ||
    (kind === 'number' && types.includes('integer') && typeof value === 'number' && isWhole(value))
  const numeric = types.includes('number') || types.includes('integer')
  if (kind !== 'string' && kind !== 'array' && format !== '' && !fits) return wrong(format, kind === 'number' ? 'float64' : kind === 'integer' ? 'int64' : kind)
  // A format other than a number's takes any text and any list; the format's own check comes later.
  if (!numeric && format !== '' && (kind === 'string' || kind === 'array')) return result(1)
  return fits ? result(1) : wrong(types.join(','), kind)
}

const inRange = (value: number | bigint, type: string, format: string): boolean => {
  if (type === 'integer') {
    if (typeof value === 'number' && !Number.isInteger(value)) return false
    const whole = BigInt(value)
    return format === 'int32' ? whole >= -(2n ** 31n) && whole < 2n ** 31n : whole >= int64.min && whole <= int64.max
  }
  return !(format === 'float' || format === 'float32') || Number.isFinite(Math.fround(Number(value)))
}
/** Whole but for the rounding of floating point, and not too large to tell. */
const isWhole = (value: number): boolean => {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const whole = Math.trunc(value)
  return value === whole || (whole !== 0 && Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < 1e-9)
}
const isMultiple = (value: number | bigint, of: number): boolean => {
  if (kindOf(value) === 'integer' && Number.isInteger(of)) return BigInt(value) % BigInt(of) === 0n
  return isWhole(of < 1 ? (1 / of) * Number(value) : Number(value) / of)
}

const numberChecks = (props: JSONSchemaProps, type: string, format: string): Check => {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = props
  return (raw, path) => {
    const value = raw as number | bigint
    const found = result(1)
    const range = (n: number | bigint, what: string): void => {
      if (!inRange(n, type, format)) found.errors.push(lost(`${what} value must be of type ${type} with ${format || 'default'} format in ${path}`))
    }
    const say = (detail: string): void => void found.errors.push(fault(path, 'FieldValueInvalid', `${path} in body should be ${detail}`, value))
    range(value, 'Checked')
    if (multipleOf !== undefined) {
      range(multipleOf, 'MultipleOf')
      if (!isMultiple(value, multipleOf)) say(`a multiple of ${multipleOf}`)
    }
    if (minimum !== undefined) {
      range(minimum, 'Minimum boundary')
      if (value < minimum || (exclusiveMinimum && value == minimum)) say(`greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
    }
    if (maximum !== undefined) {
      range(maximum, 'Maximum boundary')
      if (value > maximum || (exclusiveMaximum && value == maximum)) say(`less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
    }
    return found
  }
}

const compilePattern = (pattern: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}
const codePoints = (text: string): number => {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--
  return count
}

const stringChecks = ({ maxLength, minLength, pattern }: JSONSchemaProps): Check => {
  const compiled = pattern ? compilePattern(pattern) : undefined
  return (raw, path) => {
    const text = raw as string
    if (maxLength !== undefined && codePoints(text) > maxLength) return result(0, fault(path, 'FieldValueTooLong', `may not be more than ${maxLength} bytes`))
    if (minLength !== undefined && codePoints(text) < minLength)
      return result(0, fault(path, 'FieldValueInvalid', `${path} in body should be at least ${minLength} chars long`, text))
    if (pattern && !compiled?.test(text)) return result(0, fault(path, 'FieldValueInvalid', `${path} in body should match '${pattern}'`, text))
    return result()
  }
}

const listChecks = (props: JSONSchemaProps): Check => {
  const item = itemOf(props)
  const items = item && compileSchema(item)
  const { minItems, maxItems, uniqueItems } = props
  return (raw, path, past) => {
    const list = raw as unknown[]
    const found = result(1)
    if (items) for (const [i, value] of list.entries()) merge(found, items(value, `${path}[${i}]`, past?.index(i, props)))
    if (minItems !== undefined && list.length < minItems)
      merge(found, result(0, fault(path, 'FieldValueInvalid', `${path} in body should have at least ${minItems} items`, list.length)))
    if (maxItems !== undefined && list.length > maxItems)
      merge(found, result(0, fault(path, 'FieldValueTooMany', `must have at most ${maxItems} items, has ${list.length}`)))
    if (uniqueItems && list.some((value, i) => list.findIndex(other => jsonEqual(other as JsonValue, value as JsonValue)) < i))
      merge(found, result(0, fault(path, 'FieldValueInvalid', `${path} in body shouldn't contain duplicates`)))
    return found
  }
}

const objectChecks = (props: JSONSchemaProps): Check => {
  const properties = new Map(Object.entries(props.properties ?? {}).map(([name, schema]) => [name, compileSchema(schema)]))
  const { minProperties, maxProperties, required = [], additionalProperties } = props
  const others = typeof additionalProperties === 'object' ? compileSchema(additionalProperties) : undefined
  return (raw, path, past) => {
    const object = raw as Record<string, unknown>
    const keys = Object.keys(object)
    if (minProperties !== undefined && keys.length < minProperties)
      return result(0, fault(path, 'FieldValueInvalid', `${path} in body should have at least ${minProperties} properties`, keys.length))
    if (maxProperties !== undefined && keys.length > maxProperties)
      return result(0, fault(path, 'FieldValueTooMany', `must have at most ${maxProperties} items, has ${keys.length}`))
    const found = result()
    for (const key of keys) {
      if (properties.has(key)) continue
      if (additionalProperties === false) merge(found, result(0, fault(path, 'FieldValueInvalid', `${path}.${key} in body is a forbidden property`)))
      else if (others) merge(found, others(object[key], `${path}.${key}`, past?.key(key)))
    }
    for (const [name, check] of properties)
      if (Object.hasOwn(object, name)) merge(found, check(object[name], path === '' ? name : `${path}.${name}`, past?.key(name)))
    for (const name of required) if (!Object.hasOwn(object, name)) merge(found, result(0, fault(`${path}.${name}`, 'FieldValueRequired', '')))
    return found
  }
}

const isBetter = (next: Result, best: Result | undefined): boolean => best === undefined || next.score > best.score

/** anyOf, oneOf, allOf, not. */
const junctorChecks = (props: JSONSchemaProps): Check => {
  const [any, one, all] = ([props.anyOf, props.oneOf, props.allOf] as const).map(list => (list ?? []).map(schema => compileSchema(schema)))
  const not = props.not && compileSchema(props.not)
  return (value, path, past) => {
    const found = result(1)
    const run = (check: Check): Result => check(value, path, past)
    const quoted = JSON.stringify(path)
    if (any?.length) {
      let best: Result | undefined
      let held: Result | undefined
      for (const check of any) {
        const next = run(check)
        if (!next.errors.length) {
          held = next
          break
        }
        if (isBetter(next, best)) best = next
      }
      if (!held) found.errors.push(lost(`${quoted} must validate at least one schema (anyOf)`))
      merge(found, held ?? best!)
    }
    if (one?.length) {
      const results = one.map(run)
      const held = results.filter(r => !r.errors.length)
      if (held.length === 1) merge(found, held[0]!)
      else {
        merge(found, result(0, lost(`${quoted} must validate one and only one schema (oneOf). Found ${held.length || 'none'} valid`)))
        if (!held.length)
          merge(
            found,
            results.reduce<Result | undefined>((best, next) => (isBetter(next, best) ? next : best), undefined)!,
          )
      }
    }
    if (all?.length) {
      const results = all.map(run)
      for (const next of results) merge(found, next)
      const held = results.filter(r => !r.errors.length).length
      if (held !== all.length) merge(found, result(0, lost(`${quoted} must validate all the schemas (allOf)${held ? '' : '. None validated'}`)))
    }
    if (not && !run(not).errors.length) merge(found, result(0, lost(`${quoted} must not validate the schema (not)`)))
    return found
  }
}

const show = (value: unknown): string => (typeof value === 'string' ? value : stringifyJson(value))

const compileSchema = (props: JSONSchemaProps): Check => {
  const types = props['x-kubernetes-int-or-string'] ? ['integer', 'string'] : props.type ? [props.type] : []
  const format = props.format && isKnownFormat(props.format) ? props.format : ''
  const nullable = props.nullable ?? false
  // Of several types none is a number's range.
  const numbers = numberChecks(props, types.length === 1 ? types[0]! : '', format)
  const strings = stringChecks(props)
  const lists = listChecks(props)
  const objects = objectChecks(props)
  const junctors = props.anyOf || props.oneOf || props.allOf || props.not ? junctorChecks(props) : undefined
  const oneOf = props.enum ?? []
  const isTyped = types.length > 0 || format !== ''

  const checkEnum = (value: unknown, path: string): Result =>
    !oneOf.length || (value !== null && oneOf.some(allowed => jsonEqual(allowed as JsonValue, value as JsonValue)))
      ? result()
      : result(0, fault(path, 'FieldValueNotSupported', `supported values: ${oneOf.map(v => JSON.stringify(show(v))).join(', ')}`, value))

  const judge: Check = (value, path, past) => {
    const found = result()
    const take = (next: Result): void => {
      merge(found, next)
      found.score++
    }
    if (value === null || value === undefined) {
      merge(found, checkType(types, format, nullable, null, path))
      merge(found, checkEnum(null, path))
      return found
    }
    const kind = kindOf(value)
    if (isTyped) take(checkType(types, format, nullable, value, path))
    take(junctors ? junctors(value, path, past) : result(1))
    if (kind === 'string') {
      take(strings(value, path, past))
      if (format && !matchesFormat(format, value as string))
        take(result(0, fault(path, 'FieldValueTypeInvalid', `${path} in body must be of type ${format}: ${JSON.stringify(value)}`, value)))
    } else if (isNumeric(kind)) take(numbers(value, path, past))
    else if (kind === 'array') take(lists(value, path, past))
    take(checkEnum(value, path))
    if (isMap(value)) take(objects(value, path, past))
    found.score++
    return found
  }
  return (value, path, past) => {
    const found = judge(value, path, past)
    return found.errors.length && past?.unchanged() ? result(found.score) : found
  }
}

export const compileValidator = (schema: JSONSchemaProps): ValueValidator => {
  const check = compileSchema(schema)
  return (value, past) => check(value, '', past).errors
}
