// Equality as upstream's apiequality.Semantic sees it: nothing and an empty list or map are the same, quantities go by their amount.
import { compareQuantities, tryParseQuantity } from '../quantity.ts'
import { type FieldError, invalidValue } from '../field-error.ts'

const isEmpty = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0)
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Lists of amounts by resource name: the only maps whose values are compared by amount. */
const amountLists: ReadonlySet<string> = new Set([
  'requests',
  'limits',
  'capacity',
  'allocatable',
  'overhead',
  'hard',
  'used',
  'allocatedResources',
  'min',
  'max',
  'default',
  'defaultRequest',
])
const sameAmount = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'string' || typeof b !== 'string') return semanticEqual(a, b)
  if (!tryParseQuantity(a) || !tryParseQuantity(b)) return false
  return compareQuantities(a, b) === 0
}

const equalRecords = (a: Record<string, unknown>, b: Record<string, unknown>, key: string): boolean => {
  const amounts = amountLists.has(key)
  for (const k in a) if (!(amounts ? sameAmount(a[k], b[k]) : semanticEqual(a[k], b[k], k))) return false
  for (const k in b) if (!(k in a) && !isEmpty(b[k])) return false
  return true
}

export const semanticEqual = (a: unknown, b: unknown, key = ''): boolean => {
  if (a === b) return true
  if (isEmpty(a) && isEmpty(b)) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => semanticEqual(item, b[i], key))
  }
  if (isRecord(a) && isRecord(b)) return equalRecords(a, b, key)
  return false
}

export const addImmutable = (errors: FieldError[], path: string, value: unknown, old: unknown): void => {
  if (!semanticEqual(value, old)) errors.push(invalidValue(path, value, 'field is immutable'))
}
