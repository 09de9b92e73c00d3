// Label and field selectors: parsed once into requirements, compiled to a predicate. Grammar and messages' form as upstream's
// apimachinery/pkg/labels and pkg/fields; clients show the messages, so they keep its terms.
import { badRequest } from './status.ts'
import type { LabelSelector } from './types/meta-v1.ts'

export type Labels = Readonly<Record<string, string>>

export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: readonly string[]
}

export interface Selector<R> {
  readonly requirements: readonly R[]
  /** True when it selects everything. */
  readonly everything: boolean
  matches(values: Labels): boolean
}
export type ParsedLabelSelector = Selector<LabelRequirement>

const has = (o: Labels | undefined, key: string): boolean => o !== undefined && Object.hasOwn(o, key)
const integer = /^[+-]?\d+$/

const toPredicate = ({ key, operator, values }: LabelRequirement): ((labels: Labels) => boolean) => {
  const only = values.length === 1 ? values[0] : undefined
  const set = new Set(values)
  switch (operator) {
    case 'In':
      return only !== undefined ? l => has(l, key) && l[key] === only : l => has(l, key) && set.has(l[key]!)
    case 'NotIn':
      return l => !has(l, key) || !set.has(l[key]!)
    case 'Exists':
      return l => has(l, key)
    case 'DoesNotExist':
      return l => !has(l, key)
    case 'Gt':
    case 'Lt': {
      const bound = BigInt(only ?? '0')
      return l => {
        if (!has(l, key) || !integer.test(l[key]!)) return false
        const value = BigInt(l[key]!)
        return operator === 'Gt' ? value > bound : value < bound
      }
    }
  }
}

const compile = <R>(requirements: readonly R[], toTest: (r: R) => (v: Labels) => boolean): Selector<R> => {
  const tests = requirements.map(toTest)
  return { requirements, everything: tests.length === 0, matches: values => tests.every(test => test(values)) }
}

export const selectEverything: ParsedLabelSelector = { requirements: [], everything: true, matches: () => true }
export const selectNothing: ParsedLabelSelector = { requirements: [], everything: false, matches: () => false }

const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const faultOfKey = (key: string): string | undefined => {
  const parts = key.split('/')
  if (parts.length > 2) return 'a label key has at most one slash'
  const name = parts.at(-1)!
  if (parts.length === 2) {
    if (!parts[0]) return 'prefix part must be non-empty'
    if (parts[0].length > 253 || !subdomain.test(parts[0])) return 'prefix part must be a lowercase DNS subdomain'
  }
  if (!name) return 'name part must be non-empty'
  if (name.length > 63) return 'name part must be no more than 63 bytes'
  return namePart.test(name) ? undefined : "name part must consist of alphanumeric characters, '-', '_' or '.', and begin and end with an alphanumeric one"
}
const faultOfValue = (value: string): string | undefined =>
  value.length > 63
    ? 'must be no more than 63 bytes'
    : value === '' || namePart.test(value)
      ? undefined
      : "a label value must consist of alphanumeric characters, '-', '_' or '.', and begin and end with an alphanumeric one"

const fail = (why: string): never => {
  throw badRequest(`unable to parse requirement: ${why}`)
}

/** Fails with 400 when key, operator and values do not go together. `where` names the place for the message. */
const requirement = (key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement => {
  const keyFault = faultOfKey(key)
  if (keyFault) fail(`<nil>: Invalid value: ${JSON.stringify(key)}: ${keyFault}`)
  if ((operator === 'Gt' || operator === 'Lt') && !(values.length === 1 && integer.test(values[0]!)))
    fail(`values[0][${key}]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`)
  values.forEach((value, i) => {
    const fault = faultOfValue(value)
    if (fault) fail(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${fault}`)
  })
  return { key, operator, values }
}

const symbols = new Set([')', ',', '!', '==', '=', '!=', '(', '>', '<'])
const special = /[=!(),<>]/
const tokenize = (text: string): string[] => {
  const tokens: string[] = []
  for (let i = 0; i < text.length;) {
    const c = text[i]!
    if (/[ \t\r\n]/.test(c)) i++
    else if (special.test(c)) {
      const two = text.slice(i, i + 2)
      tokens.push(symbols.has(two) ? two : c)
      i += tokens.at(-1)!.length
    } else {
      const start = i
      while (i < text.length && !/[=!(),<> \t\r\n]/.test(text[i]!)) i++
      tokens.push(text.slice(start, i))
    }
  }
  return tokens
}
const isIdentifier = (token: string | undefined): boolean => token !== undefined && !symbols.has(token)

const operators: Readonly<Record<string, LabelOperator>> = {
  '=': 'In',
  '==': 'In',
  'in': 'In',
  '!=': 'NotIn',
  'notin': 'NotIn',
  '>': 'Gt',
  'gt': 'Gt',
  '<': 'Lt',
  'lt': 'Lt',
}

const parseRequirements = (text: string): LabelRequirement[] => {
  const tokens = tokenize(text)
  let at = 0
  const peek = (): string | undefined => tokens[at]
  const identifierOr = (what: string): string => {
    const token = tokens[at++]
    return token !== undefined && isIdentifier(token) ? token : fail(`found '${token ?? ''}', expected: ${what}`)
  }
  const parseSet = (): string[] => {
    const open = tokens[at++]
    if (open !== '(') fail(`found '${open ?? ''}' expected: '('`)
    const values = new Set<string>()
    for (let expectValue = true; ;) {
      const token = tokens[at++]
      if (token === ')' || token === ',') {
        if (expectValue) values.add('')
        if (token === ')') return [...values]
        expectValue = true
      } else if (token !== undefined && isIdentifier(token) && expectValue) {
        values.add(token)
        expectValue = false
      } else fail(`found '${token ?? ''}', expected: ',' or ')'`)
    }
  }
  const parseOne = (): LabelRequirement => {
    const absent = peek() === '!'
    if (absent) at++
    const key = identifierOr('identifier')
    if (absent) return requirement(key, 'DoesNotExist', [])
    if (peek() === undefined || peek() === ',') return requirement(key, 'Exists', [])
    const word = tokens[at++]!
    const operator = operators[word] ?? fail(`found '${word}', expected: in, notin, =, ==, !=, gt, lt`)
    if (word === 'in' || word === 'notin') return requirement(key, operator, parseSet())
    if (peek() === undefined || peek() === ',') return requirement(key, operator, [''])
    return requirement(key, operator, [identifierOr('identifier')])
  }
  const found: LabelRequirement[] = []
  if (!tokens.length) return found
  if (!isIdentifier(peek()) && peek() !== '!') throw badRequest(`found '${peek()}', expected: !, identifier, or 'end of string'`)
  for (;;) {
    found.push(parseOne())
    const next = tokens[at++]
    if (next === undefined) return found
    if (next !== ',') throw badRequest(`found '${next}', expected: ',' or 'end of string'`)
    if (!isIdentifier(peek()) && peek() !== '!') throw badRequest(`found '${peek() ?? ''}', expected: identifier after ','`)
  }
}

/** The `labelSelector` query parameter. Throws a 400 StatusError. */
export const parseLabelSelector = (text: string | undefined): ParsedLabelSelector =>
  text?.trim() ? compile(parseRequirements(text), toPredicate) : selectEverything

/** A LabelSelector object as specs hold it: absent selects nothing, empty selects everything (upstream's LabelSelectorAsSelector). */
export const compileLabelSelector = (selector: LabelSelector | undefined): ParsedLabelSelector => {
  if (!selector) return selectNothing
  const requirements: LabelRequirement[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] })),
    ...(selector.matchExpressions ?? []).map((e): LabelRequirement => ({ key: e.key, operator: e.operator as LabelOperator, values: e.values ?? [] })),
  ]
  return requirements.length ? compile(requirements, toPredicate) : selectEverything
}

export const matchesLabelSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  compileLabelSelector(selector).matches(labels ?? {})

/** A plain map of labels that must all be there (Service and ReplicationController selectors). An empty one matches everything. */
export const matchesLabels = (wanted: Labels, labels: Labels | undefined): boolean =>
  Object.entries(wanted).every(([key, value]) => has(labels, key) && labels![key] === value)

/** The text form of a selector object, as Scale's status.selector has it. */
export const formatLabelSelector = (selector: LabelSelector | undefined): string => {
  const render = ({ key, operator, values }: LabelRequirement): string => {
    switch (operator) {
      case 'In':
        return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${[...values].sort().join(',')})`
      case 'NotIn':
        return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${[...values].sort().join(',')})`
      case 'Exists':
        return key
      case 'DoesNotExist':
        return `!${key}`
      case 'Gt':
        return `${key}>${values[0]}`
      case 'Lt':
        return `${key}<${values[0]}`
    }
  }
  const plain = Object.entries(selector?.matchLabels ?? {}).map(([key, value]): [string, string] => [key, `${key}=${value}`])
  const rest = (selector?.matchExpressions ?? []).map((e): [string, string] => {
    const values = e.values ?? []
    if (e.operator === 'In' || e.operator === 'NotIn') return [e.key, `${e.key} ${e.operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`]
    return [e.key, render({ key: e.key, operator: e.operator as LabelOperator, values })]
  })
  return [...plain, ...rest]
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    .map(([, text]) => text)
    .join(',')
}

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}
export type ParsedFieldSelector = Selector<FieldRequirement>

const splitUnescaped = (text: string): string[] => {
  const terms: string[] = []
  let term = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && i + 1 < text.length) term += text[i]! + text[++i]!
    else if (text[i] === ',') {
      terms.push(term)
      term = ''
    } else term += text[i]!
  }
  return [...terms, term]
}
const unescapeValue = (text: string): string => {
  let value = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') {
      const next = text[++i]
      if (next !== '\\' && next !== ',' && next !== '=') throw badRequest(`invalid field selector: invalid escape sequence: \\${next ?? ''}`)
      value += next
    } else if (c === ',' || c === '=') throw badRequest(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`)
    else value += c
  }
  return value
}

/** The `fieldSelector` query parameter. Whether a kind knows the fields is the caller's question. Throws a 400 StatusError. */
export const parseFieldSelector = (text: string | undefined): ParsedFieldSelector => {
  const requirements: FieldRequirement[] = []
  for (const term of splitUnescaped(text ?? '')) {
    if (term === '') continue
    const match = /!=|==?/.exec(term)
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    const field = term.slice(0, match.index)
    const value = unescapeValue(term.slice(match.index + match[0].length))
    if (field === '' && value === '') continue
    requirements.push({ field, operator: match[0] === '!=' ? '!=' : '=', value })
  }
  return compile(
    requirements,
    ({ field, operator, value }) =>
      values =>
        ((has(values, field) ? values[field] : '') === value) === (operator === '='),
  )
}
