// JSON of request bodies. JSON.parse does the work; one scan of the bytes before it tells whether it may: long numbers would lose
// digits, and repeated keys would vanish. Only then the slow reader below runs. What comes out is safe to read, whatever its keys are.

export interface ParsedJson {
  readonly value: unknown
  /** Paths of keys that came more than once in their object; the last one counts. */
  readonly duplicates: readonly string[]
  /** Paths of whole numbers that are written with a fraction or an exponent: Go takes none of them for an integer. */
  readonly wholeFloats: readonly string[]
}

/** Why a body is no JSON, in our words, with the byte or character where it ends to be. */
export class JsonError extends Error {
  override name = 'JsonError'
}

/** As encoding/json has it. */
const maxDepth = 10_000

interface Scan {
  keys: number
  depth: number
  longNumber: boolean
  float: boolean
}
const quote = 34,
  backslash = 92,
  colon = 58

/** Counts keys (colons outside of strings) and depth, and looks for numbers that a double may not hold or that are no plain integers. */
const scan = (bytes: Uint8Array): Scan => {
  const result: Scan = { keys: 0, depth: 0, longNumber: false, float: false }
  let depth = 0
  let digits = 0
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    if (c >= 48 && c <= 57) {
      if (++digits >= 16) result.longNumber = true
      continue
    }
    if (digits > 0 && (c === 46 || c === 69 || c === 101)) result.float = true
    digits = 0
    if (c === quote)
      for (i++; i < bytes.length && bytes[i] !== quote; i++) {
        if (bytes[i] === backslash) i++
      }
    else if (c === colon) result.keys++
    else if (c === 123 || c === 91) {
      if (++depth > result.depth) result.depth = depth
    } else if (c === 125 || c === 93) depth--
  }
  return result
}

/** Keys of the parsed value; -1 when one of them is __proto__, which only the slow reader makes harmless. */
const countKeys = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      const inner = countKeys(item)
      if (inner < 0) return -1
      count += inner
    }
    return count
  }
  for (const key in value) {
    if (key === '__proto__') return -1
    const inner = countKeys((value as Record<string, unknown>)[key])
    if (inner < 0) return -1
    count += inner + 1
  }
  return count
}

const maybeWholeFloat = /\d(\.0+(?!\d)|[eE])/

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface ParseOptions {
  /** An object under a repeated key is merged into the one before; without, the last one stands alone. */
  readonly merging?: boolean
}

/** Bytes must be UTF-8. Integers beyond 2^53 become BigInt. Throws JsonError. */
export const parseJson = (body: Uint8Array | string, { merging = false }: ParseOptions = {}): ParsedJson => {
  let text: string
  try {
    text = typeof body === 'string' ? body : utf8.decode(body)
  } catch (cause) {
    throw new JsonError('the body is not valid UTF-8', { cause })
  }
  const seen = scan(typeof body === 'string' ? Buffer.from(body) : body)
  if (seen.depth > maxDepth) throw new JsonError('exceeded max depth')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new JsonError((cause as Error).message, { cause })
  }
  if (!seen.longNumber && !(seen.float && maybeWholeFloat.test(text)) && countKeys(value) === seen.keys) return { value, duplicates: [], wholeFloats: [] }
  const duplicates: string[] = []
  const wholeFloats: string[] = []
  return { value: new SlowReader(text, duplicates, wholeFloats, merging).read(''), duplicates, wholeFloats }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists and scalars of `after` stand; objects add to each other. A null leaves a struct as it was. */
const mergeObjects = (before: unknown, after: unknown): unknown => {
  if (after === null && isObject(before)) return before
  if (!isObject(before) || !isObject(after)) return after
  for (const key of Object.keys(after)) before[key] = key in before ? mergeObjects(before[key], after[key]) : after[key]
  return before
}

/** Reads text that JSON.parse has already accepted, so nothing here checks syntax. */
class SlowReader {
  readonly #text: string
  readonly #duplicates: string[]
  readonly #wholeFloats: string[]
  readonly #merging: boolean
  #at = 0
  constructor(text: string, duplicates: string[], wholeFloats: string[], merging: boolean) {
    this.#text = text
    this.#duplicates = duplicates
    this.#wholeFloats = wholeFloats
    this.#merging = merging
  }

  read(path: string): unknown {
    this.#space()
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(path)
      case '[':
        return this.#array(path)
      case '"':
        return this.#string()
      case 't':
        this.#at += 4
        return true
      case 'f':
        this.#at += 5
        return false
      case 'n':
        this.#at += 4
        return null
      default:
        return this.#number(path)
    }
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? '!')) this.#at++
  }

  /** Whether another element follows; skips the comma or the closing bracket. */
  #more(close: string): boolean {
    this.#space()
    const c = this.#text[this.#at]
    if (c === close || c === ',') this.#at++
    return c !== close
  }

  #object(path: string): unknown {
    const out = Object.create(null) as Record<string, unknown>
    for (this.#at++; this.#more('}');) {
      this.#space()
      const key = this.#string()
      this.#space()
      this.#at++
      const below = path === '' ? key : `${path}.${key}`
      const repeated = key in out
      if (repeated) this.#duplicates.push(below)
      const value = this.read(below)
      out[key] = repeated && this.#merging ? mergeObjects(out[key], value) : value
    }
    return out
  }

  #array(path: string): unknown {
    const out: unknown[] = []
    for (this.#at++; this.#more(']');) {
      out.push(this.read(`${path}[${out.length}]`))
    }
    return out
  }

  #string(): string {
    let end = this.#at + 1
    while (this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const token = this.#text.slice(this.#at, ++end)
    this.#at = end
    return JSON.parse(token) as string
  }

  #number(path: string): number | bigint {
    const token = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y
    token.lastIndex = this.#at
    const [digits = '0', fraction, exponent] = token.exec(this.#text) ?? []
    this.#at = token.lastIndex
    const value = Number(digits)
    if (fraction === undefined && exponent === undefined) return Number.isSafeInteger(value) ? value : BigInt(digits)
    if (Number.isInteger(value)) this.#wholeFloats.push(path)
    return value
  }
}

/** ES2026; TypeScript does not know it yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** Writes what parseJson read: BigInt as the number it is. */
export const stringifyJson = (value: unknown, indent?: number): string => {
  try {
    return JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? rawJSON(v.toString()) : v), indent)
  }
}
