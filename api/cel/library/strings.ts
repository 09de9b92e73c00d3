// cel-go's extended strings, version 2. Positions are code points.
import type { CelValue, Estimate } from '../cel.types.ts'
import { add, fixed, multiply, scale } from '../estimate.ts'
import { type CelFunction, define, member, type Overload, overload, type Sized } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { dynType, intType, listType, stringType } from '../type.ts'
import { ArrayList, CelError, type CelList, lengthOf } from '../value.ts'
import { traversal, traversalFactor, traversing, walkingList } from './costs.ts'
import { formatString } from './string-format.ts'

/** No string grows beyond it, whatever replaces or joins what. */
const maxLength = 10_000_000

const isShort = (text: string): boolean => lengthOf(text) === text.length
const runesOf = (text: string): readonly string[] => Array.from(text)

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`)

const charAt = (text: string, index: bigint): CelValue => {
  const runes = isShort(text) ? text : runesOf(text)
  if (index < 0n || index > BigInt(runes.length)) return outOfRange(index)
  return runes[Number(index)] ?? ''
}

const toRuneIndex = (text: string, unit: number): bigint => BigInt(unit < 0 ? -1 : lengthOf(text.slice(0, unit)))
const toUnit = (text: string, rune: number): number => (isShort(text) ? rune : runesOf(text).slice(0, rune).join('').length)

const indexOf = (text: string, part: string, from = 0n): CelValue => {
  const length = BigInt(lengthOf(text))
  if (part === '') return from < 0n ? outOfRange(from) : from > length ? outOfRange(from) : from
  if (from < 0n || (from >= length && from !== 0n)) return outOfRange(from)
  return toRuneIndex(text, text.indexOf(part, toUnit(text, Number(from))))
}
const lastIndexOf = (text: string, part: string, from?: bigint): CelValue => {
  const length = BigInt(lengthOf(text))
  if (part === '') return from === undefined ? length : from < 0n || from > length ? outOfRange(from) : from
  if (from !== undefined && (from < 0n || from >= length)) return outOfRange(from)
  return toRuneIndex(text, from === undefined ? text.lastIndexOf(part) : text.lastIndexOf(part, toUnit(text, Number(from))))
}

const substring = (text: string, start: bigint, end?: bigint): CelValue => {
  const length = BigInt(lengthOf(text))
  if (end === undefined) return start < 0n || start > length ? outOfRange(start) : text.slice(toUnit(text, Number(start)))
  if (start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > length) return outOfRange(start)
  if (end < 0n || end > length) return outOfRange(end)
  return text.slice(toUnit(text, Number(start)), toUnit(text, Number(end)))
}

const replace = (text: string, from: string, to: string, limit = -1n): CelValue => {
  const pieces = from === '' ? runesOf(text) : text.split(from)
  const possible = from === '' ? pieces.length + 1 : pieces.length - 1
  const count = limit < 0n || limit > BigInt(possible) ? possible : Number(limit)
  if (count === 0) return text
  if (text.length + count * to.length > maxLength) return new CelError('replacement result too large')
  if (from === '') {
    let result = to
    pieces.forEach((rune, i) => {
      result += i + 1 < count ? rune + to : rune
    })
    return result
  }
  return (
    pieces.slice(0, count + 1).join(to) +
    pieces
      .slice(count + 1)
      .map(piece => from + piece)
      .join('')
  )
}

const split = (text: string, separator: string, limit = -1n): CelValue => {
  if (limit === 0n) return new ArrayList([])
  const pieces = separator === '' ? [...runesOf(text)] : text.split(separator)
  if (limit < 0n || BigInt(pieces.length) <= limit) return new ArrayList(pieces)
  const count = Number(limit) - 1
  return new ArrayList([...pieces.slice(0, count), pieces.slice(count).join(separator)])
}

const join = (list: CelList, separator = ''): CelValue => {
  const pieces: string[] = []
  let length = 0
  for (const item of list) {
    if (typeof item !== 'string') return new CelError('no such overload: join')
    pieces.push(item)
    length += item.length + separator.length
    if (length > maxLength) return new CelError('join result too large')
  }
  return pieces.join(separator)
}

const ascii = (pattern: RegExp, change: (text: string) => string) => (text: string) => text.replace(pattern, change)
const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const trim = (text: string): string => {
  const start = new RegExp(`^${space}`).exec(text)?.[0].length ?? 0
  let end = text.length
  while (end > start && new RegExp(`^${space}$`).test(text[end - 1]!)) end--
  return text.slice(start, end)
}

const quoted: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}
const quote = (text: string): string => `"${text.replace(/[\u0007\b\f\n\r\t\v\\"]/g, c => quoted[c] ?? c)}"`

const building: Pick<Overload, 'cost'> = { cost: ([text]) => traversal(sizeOf(text!), 2) }
const oneOrMore = (size: Estimate, by: number): Estimate => ({
  min: by === 0 ? size.min : Math.ceil(size.min / by),
  max: by === 0 ? size.max : Math.ceil(size.max / by),
})

/** The longest and the shortest that replacing can make. */
const replacedSize = ([text, from, to]: readonly Sized[]): Estimate => {
  const [size, old, fresh] = [text!.size, from!.size, to!.size]
  const [most, kept] = old.min === 0 ? [size.max + 1, size.max] : fresh.max <= old.min ? [0, size.max] : [oneOrMore(size, old.min).max, 0]
  const [least, remaining] = old.max === 0 ? [size.min + 1, size.min] : old.max <= fresh.min ? [0, size.min] : [oneOrMore(size, old.max).min, 0]
  return add(multiply({ min: least, max: most }, fresh), { min: remaining, max: kept })
}
const replacing: Pick<Overload, 'cost' | 'estimate'> = {
  ...building,
  estimate: args => ({ cost: scale(args[0]!.size, 2 * traversalFactor), resultSize: replacedSize(args) }),
}
const splitting: Pick<Overload, 'cost' | 'estimate'> = {
  ...building,
  estimate: ([text, , limit]) => ({
    cost: scale(text!.size, 2 * traversalFactor),
    resultSize: { min: 0, max: typeof limit?.literal === 'bigint' ? Number(BigInt.asUintN(64, limit.literal)) : text!.size.max },
  }),
}
const joining: Pick<Overload, 'resultCost' | 'estimate'> = {
  resultCost: result => traversal(sizeOf(result), 2),
  estimate: ([list, separator]) => {
    const { size } = list!
    let resultSize = multiply(size, list!.itemSize)
    if (separator) resultSize = add(resultSize, multiply(separator.size, { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) }))
    return { cost: scale(resultSize, traversalFactor), resultSize }
  },
}
const searching: Pick<Overload, 'cost' | 'estimate'> = {
  cost: walkingList.cost!,
  estimate: ([text]) => ({ cost: scale(text!.size, traversalFactor) }),
}
const keeping = traversing(0, 1, true)
const [s, i] = [stringType, intType]

export const strings: readonly CelFunction[] = [
  define('charAt', member('string_char_at_int', [s, i], s, charAt)),
  define('indexOf', member('string_index_of_string', [s, s], i, indexOf, searching), member('string_index_of_string_int', [s, s, i], i, indexOf, searching)),
  define(
    'lastIndexOf',
    member('string_last_index_of_string', [s, s], i, lastIndexOf, searching),
    member('string_last_index_of_string_int', [s, s, i], i, lastIndexOf, searching),
  ),
  define(
    'lowerAscii',
    member(
      'string_lower_ascii',
      [s],
      s,
      ascii(/[A-Z]+/g, t => t.toLowerCase()),
      keeping,
    ),
  ),
  define(
    'upperAscii',
    member(
      'string_upper_ascii',
      [s],
      s,
      ascii(/[a-z]+/g, t => t.toUpperCase()),
      keeping,
    ),
  ),
  define('trim', member('string_trim', [s], s, trim, keeping)),
  define('substring', member('string_substring_int', [s, i], s, substring, keeping), member('string_substring_int_int', [s, i, i], s, substring, keeping)),
  define(
    'replace',
    member('string_replace_string_string', [s, s, s], s, replace, replacing),
    member('string_replace_string_string_int', [s, s, s, i], s, replace, replacing),
  ),
  define(
    'split',
    member('string_split_string', [s, s], listType(s), split, splitting),
    member('string_split_string_int', [s, s, i], listType(s), split, splitting),
  ),
  define('join', member('list_join', [listType(s)], s, join, joining), member('list_join_string', [listType(s), s], s, join, joining)),
  define(
    'format',
    member('string_format', [s, listType(dynType)], s, formatString, {
      resultCost: result => 1 + traversal(sizeOf(result)),
      estimate: ([text]) => ({ cost: scale(text!.size, traversalFactor) }),
    }),
  ),
  define(
    'strings.quote',
    overload('strings_quote', [s], s, quote, {
      cost: ([text]) => Math.max(1, traversal(sizeOf(text!))),
      estimate: ([text]) => ({ cost: scale(text!.size, traversalFactor), resultSize: add(multiply(text!.size, { min: 1, max: 2 }), fixed(2)) }),
    }),
  ),
]
