// Tokens of CEL. Literals come out as their values.
import type { CelValue } from './cel.types.ts'
import { SourceError } from './source-error.ts'
import { CelUint } from './value.ts'

export interface Token {
  readonly kind: 'name' | 'literal' | 'symbol' | 'end'
  /** Of a name or symbol its text; of a number its digits, so that a sign can still join them. */
  readonly text: string
  readonly at: number
  readonly value?: CelValue
}

const symbols = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '!', '+', '-', '*', '/', '%', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}']
const blank = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /0x[0-9a-fA-F]+[uU]?|\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?/y
const string = /([rRbB]|[bB][rR])?("""|'''|"|')/y
const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
}
const hexLength: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 }
const int64Max = 2n ** 63n - 1n

/** A number's value; the sign is the parser's, so that the least int can be written. */
export const numberValue = (text: string, negative: boolean, at: number): CelValue => {
  const sign = negative ? '-' : ''
  const isHex = text.startsWith('0x')
  if (!isHex && /[.eE]/.test(text)) {
    const value = Number(sign + text)
    if (!Number.isFinite(value)) throw new SourceError(`invalid double literal`, at)
    return value
  }
  if (/[uU]$/.test(text)) {
    const value = BigInt(text.slice(0, -1))
    if (negative || value > 2n ** 64n - 1n) throw new SourceError('invalid uint literal', at)
    return new CelUint(value)
  }
  const value = negative ? -BigInt(text) : BigInt(text)
  if (value > int64Max || value < -int64Max - 1n) throw new SourceError('invalid int literal', at)
  return value
}

const codePoint = (value: number, at: number): string => {
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) throw new SourceError('invalid unicode code point', at)
  return String.fromCodePoint(value)
}

/** Reads one escape; `i` is behind the backslash. Answers what it stands for, and where it ends. */
const readEscape = (text: string, i: number, isBytes: boolean): { text: string; byte?: number; next: number } => {
  const c = text[i] ?? ''
  const plain = simpleEscapes[c]
  if (plain !== undefined) return { text: plain, next: i + 1 }
  const length = hexLength[c]
  if (length !== undefined) {
    const digits = text.slice(i + 1, i + 1 + length)
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length || (isBytes && length > 2)) throw new SourceError('unable to unescape string', i)
    const value = parseInt(digits, 16)
    return { text: isBytes ? '' : codePoint(value, i), ...(isBytes && { byte: value }), next: i + 1 + length }
  }
  const octal = /^[0-3][0-7]{2}/.exec(text.slice(i, i + 3))?.[0]
  if (octal === undefined) throw new SourceError('unable to unescape string', i)
  const value = parseInt(octal, 8)
  return { text: isBytes ? '' : codePoint(value, i), ...(isBytes && { byte: value }), next: i + 3 }
}

const isLineEnd = (c: string): boolean => c === '\n' || c === '\r'

const readString = (source: string, at: number, prefix: string, quote: string): { value: CelValue; next: number } => {
  const isRaw = /r/i.test(prefix)
  const isBytes = /b/i.test(prefix)
  const parts: Buffer[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push(Buffer.from(text))
    text = ''
  }
  let i = at + prefix.length + quote.length
  while (!source.startsWith(quote, i)) {
    const c = source[i]
    if (c === undefined || (quote.length === 1 && isLineEnd(c))) throw new SourceError('token recognition error: unterminated string', at)
    if (c !== '\\') {
      // A line end of any system is one.
      if (c === '\r' && !isRaw) {
        text += '\n'
        if (source[i + 1] === '\n') i++
      } else text += c
      i++
    } else if (isRaw) {
      text += c
      i++
      // A quote behind a backslash does not end a raw string, and both stay.
      if (source[i] !== undefined && !isLineEnd(source[i]!)) text += source[i++]!
    } else {
      const escape = readEscape(source, i + 1, isBytes)
      if (escape.byte !== undefined) {
        flush()
        parts.push(Buffer.from([escape.byte]))
      } else text += escape.text
      i = escape.next
    }
  }
  if (!isBytes) return { value: text, next: i + quote.length }
  flush()
  return { value: new Uint8Array(Buffer.concat(parts)), next: i + quote.length }
}

const matchAt = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(source)
}

export const tokenize = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at += matchAt(blank, source, at)?.[0].length ?? 0
    if (at >= source.length) return [...tokens, { kind: 'end', text: '<EOF>', at: source.length }]
    const quoted = matchAt(string, source, at)
    if (quoted) {
      const { value, next } = readString(source, at, quoted[1] ?? '', quoted[2] ?? '')
      tokens.push({ kind: 'literal', text: source.slice(at, next), at, value })
      at = next
      continue
    }
    const digits = matchAt(number, source, at)?.[0]
    // `.5` behind a name is a field, and no field is called 5: only where a value may begin.
    if (digits !== undefined) {
      tokens.push({ kind: 'literal', text: digits, at })
      at += digits.length
      continue
    }
    const word = matchAt(name, source, at)?.[0]
    const text = word ?? symbols.find(s => source.startsWith(s, at))
    if (text === undefined) throw new SourceError(`token recognition error at: '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`, at)
    tokens.push({ kind: word === undefined ? 'symbol' : 'name', text, at })
    at += text.length
  }
}
