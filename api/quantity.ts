// Quantities as resource.Quantity reads, writes and compares them: a whole number times a power of ten, and the notation it was
// written in (decimal suffixes, binary suffixes, exponent), which the canonical form keeps.

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  /** The amount is `unscaled` × 10^`scale`. */
  readonly unscaled: bigint
  readonly scale: number
  readonly format: QuantityFormat
}

const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const nano = -9
const largest = 2n ** 63n - 1n
const syntax = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i|)$/
/** Canonical already, and small enough to be exact as a Number. */
const plain = /^([1-9]\d{0,2}|[1-9]\d{3,11}(?<!000))(m|k|M|G|Ki|Mi|Gi|)$/

const roundAwayFromZero = (value: bigint, divisor: bigint): bigint => {
  const quotient = value / divisor
  if (quotient * divisor === value) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}

const pow10 = (n: number): bigint => 10n ** BigInt(n)

/** Reads a quantity, or answers undefined where the text is none. */
export const tryParseQuantity = (text: string): Quantity | undefined => {
  const match = syntax.exec(text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  if (whole === '' && fraction === '' && !text.includes('0') && !(text.includes('.') && suffix !== '')) return undefined
  if (whole === '' && fraction === '') return undefined
  let format: QuantityFormat = 'DecimalSI'
  let scale = -fraction.length
  let unscaled = BigInt(`${whole}${fraction}`)
  if (sign === '-') unscaled = -unscaled
  if (suffix.endsWith('i')) {
    format = 'BinarySI'
    unscaled *= 1024n ** BigInt(binarySuffixes.indexOf(suffix))
  } else if (suffix.length > 1) {
    format = 'DecimalExponent'
    const exponent = Number(suffix.slice(1))
    if (Math.abs(exponent) > 2 ** 31) return undefined
    scale += exponent
  } else scale += decimalExponents[suffix] ?? 0
  // Finer than nano rounds away from zero: whoever asks for something gets something.
  if (scale < nano && unscaled !== 0n) {
    unscaled = scale < nano - 1000 ? (unscaled < 0n ? -1n : 1n) : roundAwayFromZero(unscaled, pow10(nano - scale))
    scale = nano
  }
  if (format === 'BinarySI') {
    const magnitude = unscaled < 0n ? -unscaled : unscaled
    if (magnitude > largest * pow10(-scale)) {
      unscaled = unscaled < 0n ? -largest : largest
      scale = 0
    }
    if (magnitude !== 0n && magnitude < pow10(-scale)) format = 'DecimalSI'
  }
  return { unscaled, scale, format }
}

export const parseQuantity = (text: string): Quantity => {
  const quantity = tryParseQuantity(text)
  if (!quantity) throw new Error(`${JSON.stringify(text)} is not a quantity: it must look like 500m, 1.5 or 128Mi`)
  return quantity
}

const isWhole = (q: Quantity): boolean => q.scale >= 0 || q.unscaled % pow10(-q.scale) === 0n
const toWhole = (q: Quantity): bigint => (q.scale >= 0 ? q.unscaled * pow10(q.scale) : roundAwayFromZero(q.unscaled, pow10(-q.scale)))

const formatDecimal = (q: Quantity, exponential: boolean): string => {
  let { unscaled, scale } = q
  while (unscaled % 10n === 0n) {
    unscaled /= 10n
    scale += 1
  }
  const excess = ((scale % 3) + 3) % 3
  unscaled *= pow10(excess)
  scale -= excess
  if (scale === 0) return unscaled.toString()
  const suffix = exponential ? undefined : decimalSuffixes[scale / 3 + 3]
  return `${unscaled}${suffix ?? `e${scale}`}`
}

/** The canonical form: no fraction, the largest suffix that loses nothing. */
export const formatQuantity = (q: Quantity): string => {
  if (q.unscaled === 0n) return '0'
  if (q.format !== 'BinarySI') return formatDecimal(q, q.format === 'DecimalExponent')
  let value = toWhole(q)
  if (!isWhole(q) || (value > -1024n && value < 1024n)) return formatDecimal(q, false)
  let step = 0
  while (value % 1024n === 0n && step < binarySuffixes.length - 1) {
    value /= 1024n
    step += 1
  }
  return `${value}${binarySuffixes[step] ?? ''}`
}

/** Canonical text of a quantity's text; what is no quantity comes back as it was. */
export const canonicalQuantity = (text: string): string => {
  const match = plain.exec(text)
  if (match) {
    const binary = match[2]?.endsWith('i')
    if (!binary || (Number(match[1]) & 7) !== 0) return text
  }
  const quantity = tryParseQuantity(text)
  return quantity ? formatQuantity(quantity) : text
}

export type QuantityLike = Quantity | string
const toQuantity = (q: QuantityLike): Quantity => (typeof q === 'string' ? parseQuantity(q) : q)
const aligned = (a: Quantity, b: Quantity): [bigint, bigint, number] =>
  a.scale === b.scale
    ? [a.unscaled, b.unscaled, a.scale]
    : a.scale > b.scale
      ? [a.unscaled * pow10(a.scale - b.scale), b.unscaled, b.scale]
      : [a.unscaled, b.unscaled * pow10(b.scale - a.scale), a.scale]

const unitsInMilli: Readonly<Record<string, number>> = { m: 1, '': 1e3, k: 1e6, M: 1e9, G: 1e12, Ki: 1024e3, Mi: 1024 ** 2 * 1e3, Gi: 1024 ** 3 * 1e3 }

/** The amount in thousandths as an exact Number where the text is a common form, else undefined. */
const fastMilli = (text: string): number | undefined => {
  let digits = 0
  let value = 0
  for (; digits < text.length; digits++) {
    const digit = text.charCodeAt(digits) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  const unit = digits > 0 && digits < 13 ? unitsInMilli[text.slice(digits)] : undefined
  if (unit === undefined) return undefined
  const milli = value * unit
  return Number.isSafeInteger(milli) ? milli : undefined
}

export const compareQuantities = (a: QuantityLike, b: QuantityLike): -1 | 0 | 1 => {
  if (typeof a === 'string' && typeof b === 'string') {
    const x = fastMilli(a)
    const y = fastMilli(b)
    if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0
  }
  const [x, y] = aligned(toQuantity(a), toQuantity(b))
  return x < y ? -1 : x > y ? 1 : 0
}

/** -1, 0 or 1. */
export const quantitySign = (q: QuantityLike): -1 | 0 | 1 => {
  if (typeof q === 'string') {
    const milli = fastMilli(q)
    if (milli !== undefined) return milli === 0 ? 0 : 1
  }
  const { unscaled } = toQuantity(q)
  return unscaled < 0n ? -1 : unscaled > 0n ? 1 : 0
}

/** The sum; where `a` is zero it takes the notation of `b`, as upstream. */
export const addQuantities = (a: QuantityLike, b: QuantityLike): Quantity => {
  const [x, y] = [toQuantity(a), toQuantity(b)]
  const [left, right, scale] = aligned(x, y)
  return { unscaled: left + right, scale, format: x.unscaled === 0n ? y.format : x.format }
}

export const subQuantities = (a: QuantityLike, b: QuantityLike): Quantity => {
  const [x, y] = [toQuantity(a), toQuantity(b)]
  const [left, right, scale] = aligned(x, y)
  return { unscaled: left - right, scale, format: x.unscaled === 0n ? y.format : x.format }
}

const clamp = (value: bigint): number => Number(value > largest ? largest : value < -largest ? -largest : value)

/** In thousandths, rounded away from zero; beyond 2^53 the nearest Number. */
export const milliValue = (q: QuantityLike): number => {
  const fast = typeof q === 'string' ? fastMilli(q) : undefined
  if (fast !== undefined) return fast
  const { unscaled, scale, format } = toQuantity(q)
  return clamp(toWhole({ unscaled, scale: scale + 3, format }))
}

/** In whole units (bytes, pieces), rounded away from zero; beyond 2^53 the nearest Number. */
export const byteValue = (q: QuantityLike): number => {
  const fast = typeof q === 'string' ? fastMilli(q) : undefined
  return fast !== undefined ? Math.ceil(fast / 1000) : clamp(toWhole(toQuantity(q)))
}

/** Rounded away from zero to thousandths: the resolution of every resource list. */
export const roundUpToMilli = (text: string): string => {
  if (plain.test(text)) return canonicalQuantity(text)
  const q = tryParseQuantity(text)
  if (!q) return text
  return formatQuantity(q.scale >= -3 ? q : { unscaled: roundAwayFromZero(q.unscaled, pow10(-3 - q.scale)), scale: -3, format: q.format })
}

export const isWholeQuantity = (q: QuantityLike): boolean => {
  const fast = typeof q === 'string' ? fastMilli(q) : undefined
  return fast !== undefined ? fast % 1000 === 0 : milliValue(q) % 1000 === 0
}

/** An amount of bytes in binary notation. */
export const fromBytes = (bytes: number | bigint): Quantity => ({ unscaled: BigInt(bytes), scale: 0, format: 'BinarySI' })
/** An amount of thousandths in decimal notation. */
export const fromMilli = (milli: number | bigint): Quantity => ({ unscaled: BigInt(milli), scale: -3, format: 'DecimalSI' })
