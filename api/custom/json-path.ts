// The part of kubectl's JSONPath that printer columns use: fields, indices, slices, unions, wildcards, descent and filters that compare.
// A path that cannot be read finds nothing. Pure.
import { isMap, jsonEqual, type JsonValue } from '../patch/json-value.ts'

type Step = (values: readonly unknown[]) => unknown[]
export type JsonPath = (object: unknown) => unknown[]

const childrenOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : isMap(value) ? Object.values(value) : [])
const field =
  (name: string): Step =>
  values =>
    values.flatMap(v => (isMap(v) && Object.hasOwn(v, name) ? [v[name]] : []))
const wildcard: Step = values => values.flatMap(childrenOf)
const descend = (value: unknown): unknown[] => [value, ...childrenOf(value).flatMap(descend)]

const slice = (text: string): Step | undefined => {
  const parts = text.split(':')
  if (parts.length > 3 || !parts.every(p => /^-?\d*$/.test(p))) return undefined
  const [from, to, by] = parts
  return values =>
    values.flatMap(v => {
      if (!Array.isArray(v)) return []
      const list = v as unknown[]
      const at = (p: string | undefined, otherwise: number): number => (p ? (Number(p) < 0 ? Number(p) + list.length : Number(p)) : otherwise)
      if (parts.length === 1) {
        const i = at(from, 0)
        return i >= 0 && i < list.length ? [list[i]] : []
      }
      const step = by ? Number(by) : 1
      return step > 0 ? list.slice(Math.max(0, at(from, 0)), Math.max(0, at(to, list.length))).filter((_, i) => i % step === 0) : []
    })
}

const compare = (operator: string, a: unknown, b: unknown): boolean => {
  if (operator === '==') return jsonEqual(a as JsonValue, b as JsonValue)
  if (operator === '!=') return !jsonEqual(a as JsonValue, b as JsonValue)
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false
  const [x, y] = [a, b as typeof a]
  return operator === '<' ? x < y : operator === '>' ? x > y : operator === '<=' ? x <= y : x >= y
}

const operand = (text: string): ((item: unknown) => unknown[]) | undefined => {
  if (text.startsWith('@')) return text === '@' ? item => [item] : parseJsonPath(text.slice(1))
  const string = /^(["'])(.*)\1$/s.exec(text)
  if (string) return () => [string[2]]
  if (text === 'true' || text === 'false') return () => [text === 'true']
  return /^-?\d+(\.\d+)?$/.test(text) ? () => [Number(text)] : undefined
}

const filter = (text: string): Step | undefined => {
  const found = /^((?:"[^"]*"|'[^']*'|[^"'=!<>])+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/s.exec(text)
  const [left, operator, right] = found ? [found[1]!.trim(), found[2], found[3]!.trim()] : [text.trim(), undefined, undefined]
  const a = operand(left)
  const b = right === undefined ? undefined : operand(right)
  if (!a || (operator && !b)) return undefined
  return values =>
    values.flatMap(v =>
      childrenOf(v).filter(item => {
        const [x] = a(item)
        if (!operator) return x !== undefined
        const [y] = b!(item)
        return x !== undefined && y !== undefined && compare(operator, x, y)
      }),
    )
}

const bracket = (text: string): Step | undefined => {
  const inner = text.trim()
  if (inner === '*') return wildcard
  if (inner.startsWith('?(') && inner.endsWith(')')) return filter(inner.slice(2, -1).trim())
  const names = inner.split(',').map(part => {
    const quoted = /^(["'])(.*)\1$/s.exec(part.trim())
    return quoted ? field(quoted[2]!) : slice(part.trim())
  })
  return names.every(s => s !== undefined) ? values => names.flatMap(step => step(values)) : undefined
}

/** Where the bracket that opens at `start` closes; quotes and inner brackets do not close it. */
const closing = (path: string, start: number): number => {
  let depth = 0
  for (let i = start, quote = ''; i < path.length; i++) {
    const c = path[i]!
    if (quote) quote = c === quote ? '' : quote
    else if (c === '"' || c === "'") quote = c
    else if (c === '[') depth++
    else if (c === ']' && --depth === 0) return i
  }
  return -1
}

/** `.spec.a`, `.spec.l[0]`, `.status.conditions[?(@.type=="Ready")].status`. Undefined for what is no path. */
export const parseJsonPath = (path: string): JsonPath | undefined => {
  const steps: Step[] = []
  for (let at = 0; at < path.length;) {
    if (path.startsWith('..', at)) {
      steps.push(values => values.flatMap(descend))
      at += path[at + 2] === '[' ? 2 : 1
    } else if (path[at] === '[') {
      const end = closing(path, at)
      const step = end < 0 ? undefined : bracket(path.slice(at + 1, end))
      if (!step) return undefined
      steps.push(step)
      at = end + 1
    } else if (path[at] === '.') {
      const name = /^\.((?:\\.|[^.[\]\\])*)/.exec(path.slice(at))![1]!
      if (name === '*') steps.push(wildcard)
      else if (name !== '') steps.push(field(name.replace(/\\(.)/g, '$1')))
      at += name.length + 1
    } else return undefined
  }
  return object => steps.reduce<unknown[]>((values, step) => step(values), [object])
}
