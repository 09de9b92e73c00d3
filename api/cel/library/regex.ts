// Regular expressions of RE2: linear in text and pattern, whatever they are. The engine of the npm package tells whether there is a match;
// where one is, a Pike machine over the same program finds out, leftmost and in Go's order of preference.
import { RE2JS } from '@bufbuild/re2'
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, member } from '../function.ts'
import { intType, listType, stringType } from '../type.ts'
import { ArrayList, CelError } from '../value.ts'
import { matching } from './costs.ts'

type Pattern = RE2JS
type Program = ReturnType<RE2JS['re2']>['prog']

const compile = (pattern: string): Pattern | CelError => {
  try {
    return new RE2JS(pattern)
  } catch (error) {
    return new CelError(`error parsing regexp: ${error instanceof Error ? error.message : String(error)}`)
  }
}
export const isPattern = (pattern: string): boolean => !(compile(pattern) instanceof CelError)

export const matchesPattern = (text: string, pattern: string): CelValue => {
  const compiled = compile(pattern)
  return compiled instanceof CelError ? compiled : compiled.test(text)
}

// The program's opcodes, as RE2 numbers them.
const op = { alt: 1, altMatch: 2, capture: 3, empty: 4, fail: 5, match: 6, nop: 7 }
const isWord = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122)

/** Which of line begin, line end, text begin, text end, boundary, no boundary hold between two code points; -1 is none. */
const emptyWidth = (before: number, after: number): number =>
  (before === -1 ? 5 : before === 10 ? 1 : 0) | (after === -1 ? 10 : after === 10 ? 2 : 0) | (isWord(before) === isWord(after) ? 32 : 16)

interface Thread {
  readonly at: number
  readonly start: number
}

/** The leftmost match from `from` on; of those the one that a backtracking machine would find first. */
const findFrom = (program: Program, text: readonly number[], from: number): readonly [number, number] | undefined => {
  let found: readonly [number, number] | undefined
  let threads: Thread[] = []
  const follow = (list: Thread[], seen: Set<number>, first: number, start: number, i: number): void => {
    const context = emptyWidth(i > 0 ? text[i - 1]! : -1, i < text.length ? text[i]! : -1)
    const stack = [first]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const inst = program.getInst(at)
      if (inst.op === op.alt || inst.op === op.altMatch) stack.push(inst.arg, inst.out)
      else if (inst.op === op.capture || inst.op === op.nop) stack.push(inst.out)
      else if (inst.op === op.empty) {
        if ((inst.arg & ~context) === 0) stack.push(inst.out)
      } else if (inst.op !== op.fail) list.push({ at, start })
    }
  }
  for (let i = from; i <= text.length; i++) {
    const seen = new Set(threads.map(t => t.at))
    if (!found) follow(threads, seen, program.start, i, i)
    if (!threads.length && found) return found
    const next: Thread[] = []
    const reached = new Set<number>()
    for (const { at, start } of threads) {
      const inst = program.getInst(at)
      if (inst.op === op.match) {
        found = [start, i]
        break
      }
      if (i < text.length && inst.matchRune(text[i]!)) follow(next, reached, inst.out, start, i + 1)
    }
    threads = next
  }
  return found
}

/** Matches that do not overlap; an empty one right behind another counts no more. */
const findMatches = (pattern: Pattern, text: string, limit: number): string[] => {
  const runes = Array.from(text, c => c.codePointAt(0)!)
  const program = pattern.re2().prog
  const found: string[] = []
  let lastEnd = -1
  for (let from = 0; from <= runes.length && found.length < limit;) {
    const match = findFrom(program, runes, from)
    if (!match) break
    const [start, end] = match
    if (end > start || start !== lastEnd) found.push(fromRunes(runes, start, end))
    lastEnd = end
    from = end > start ? end : end + 1
  }
  return found
}
const fromRunes = (runes: readonly number[], start: number, end: number): string => {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCodePoint(runes[i]!)
  return text
}

const find = (text: string, pattern: string): CelValue => {
  const compiled = compile(pattern)
  return compiled instanceof CelError ? compiled : compiled.test(text) ? (findMatches(compiled, text, 1)[0] ?? '') : ''
}
const findAll = (text: string, pattern: string, limit = -1n): CelValue => {
  const compiled = compile(pattern)
  if (compiled instanceof CelError) return compiled
  return new ArrayList(findMatches(compiled, text, limit < 0n ? Infinity : Number(limit)))
}

export const regex: readonly CelFunction[] = [
  define(
    'find',
    member(
      'string_find_string',
      [stringType, stringType],
      stringType,
      find,
      matching(text => ({ min: 0, max: text.max })),
    ),
  ),
  define(
    'findAll',
    member(
      'string_find_all_string',
      [stringType, stringType],
      listType(stringType),
      findAll,
      matching(text => ({ min: 0, max: text.max })),
    ),
    member(
      'string_find_all_string_int',
      [stringType, stringType, intType],
      listType(stringType),
      findAll,
      matching(text => ({ min: 0, max: text.max })),
    ),
  ),
]
