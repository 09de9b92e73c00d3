// Amounts by resource name, and the arithmetic that quotas, limit ranges and pods' totals share.
import { addQuantities, compareQuantities, formatQuantity, type Quantity, quantitySign, subQuantities, tryParseQuantity } from './quantity.ts'

export type ResourceList = Record<string, Quantity>

const zero: Quantity = { unscaled: 0n, scale: 0, format: 'DecimalSI' }

/** What is no quantity is left out; validation has refused it where it matters. */
export const toResourceList = (amounts: Readonly<Record<string, string>> | undefined): ResourceList => {
  const list: ResourceList = {}
  for (const [name, text] of Object.entries(amounts ?? {})) {
    const quantity = tryParseQuantity(text)
    if (quantity) list[name] = quantity
  }
  return list
}

export const formatResourceList = (list: ResourceList): Record<string, string> =>
  Object.fromEntries(
    Object.keys(list)
      .sort()
      .map(name => [name, formatQuantity(list[name] ?? zero)]),
  )

/** `a=1,b=2`, sorted, as messages show it. */
export const printResourceList = (list: ResourceList): string =>
  Object.entries(formatResourceList(list))
    .map(([name, amount]) => `${name}=${amount}`)
    .join(',')

export const count = (n: number): Quantity => ({ unscaled: BigInt(n), scale: 0, format: 'DecimalSI' })

export const addTo = (list: ResourceList, more: ResourceList): void => {
  for (const [name, quantity] of Object.entries(more)) list[name] = list[name] ? addQuantities(list[name], quantity) : quantity
}

/** Raises every amount of `list` to that of `other`. */
export const raiseTo = (list: ResourceList, other: ResourceList): void => {
  for (const [name, quantity] of Object.entries(other)) if (!list[name] || compareQuantities(quantity, list[name]) > 0) list[name] = quantity
}

export const sum = (a: ResourceList, b: ResourceList): ResourceList => {
  const list = { ...a }
  addTo(list, b)
  return list
}

/** a − b, never below zero; what only `b` has is zero. */
export const subtractToZero = (a: ResourceList, b: ResourceList): ResourceList => {
  const list: ResourceList = {}
  for (const [name, quantity] of Object.entries(a)) {
    const rest = b[name] ? subQuantities(quantity, b[name]) : quantity
    list[name] = quantitySign(rest) < 0 ? zero : rest
  }
  for (const name of Object.keys(b)) list[name] ??= zero
  return list
}

export const mask = (list: ResourceList, names: Iterable<string>): ResourceList => {
  const kept: ResourceList = {}
  for (const name of names) if (list[name]) kept[name] = list[name]
  return kept
}

export const withoutZeros = (list: ResourceList): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([, quantity]) => quantitySign(quantity) !== 0))

export const sameList = (a: ResourceList, b: ResourceList): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, quantity]) => b[name] !== undefined && compareQuantities(quantity, b[name]) === 0)
