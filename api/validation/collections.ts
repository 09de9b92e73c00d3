// Lists and maps with a limit: what is too long is not looked into, what stands twice is a fault of the second.
import { duplicate, tooMany } from '../field-error.ts'
import { type Errors, keyed } from './collect.ts'

/** A list of at most `max` items; answers whether it was short enough to be judged. */
export const addItems = <T>(errors: Errors, path: string, items: readonly T[] | undefined, max: number, judge: (item: T, path: string) => void): boolean => {
  if (!items) return true
  if (items.length > max) {
    errors.push(tooMany(path, items.length, max))
    return false
  }
  items.forEach((item, i) => judge(item, `${path}[${i}]`))
  return true
}

/** The same, of items that differ in their key. */
export const addSet = <T>(
  errors: Errors,
  path: string,
  items: readonly T[] | undefined,
  max: number,
  judge: (item: T, path: string) => void,
  keyOf: (item: T) => string,
): void => {
  if (!items || !addItems(errors, path, items, max, judge)) return
  const seen = new Set<string>()
  items.forEach((item, i) => {
    const key = keyOf(item)
    if (seen.has(key)) errors.push(duplicate(`${path}[${i}]`, key))
    seen.add(key)
  })
}

export interface MapRules<T> {
  readonly max?: number
  /** Longer keys are shortened in the middle where they name a field. */
  readonly longestKey: number
  /** Faults of a key are the map's own. */
  readonly key: (name: string, path: string) => void
  readonly value?: (value: T, path: string) => void
}

const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text
  const rest = max - 3
  return `${text.slice(0, (rest + 1) >> 1)}...${text.slice(text.length - (rest >> 1))}`
}

export const addMap = <T>(errors: Errors, path: string, map: Readonly<Record<string, T>> | undefined, rules: MapRules<T>): void => {
  const names = Object.keys(map ?? {})
  if (rules.max !== undefined && names.length > rules.max) {
    errors.push(tooMany(path, names.length, rules.max))
    return
  }
  for (const name of names) {
    rules.key(name, path)
    rules.value?.(map![name]!, keyed(path, shorten(name, Math.max(16, rules.longestKey))))
  }
}
