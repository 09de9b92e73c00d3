// Lists of objects that older clients wrote as JSON into an annotation.

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The items as Go would decode them into structs whose `numbers` are numbers and whose other fields are strings: null is an item without
 * fields. Undefined for what is no such list.
 */
export const readItems = (text: string, numbers: readonly string[] = []): readonly Record<string, unknown>[] | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (value === null) return []
  if (!Array.isArray(value)) return undefined
  const items = (value as unknown[]).map(item => item ?? {})
  const fits = ([key, field]: [string, unknown]): boolean => field === null || typeof field === (numbers.includes(key) ? 'number' : 'string')
  return items.every(isRecord) && items.every(item => Object.entries(item).every(fits)) ? items : undefined
}
