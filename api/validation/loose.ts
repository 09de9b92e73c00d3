// Validation sees what clients sent: any field may be missing, however required its type calls it.

export type Loose<T> = T extends readonly (infer U)[] ? Loose<U>[] : T extends object ? { [K in keyof T]?: Loose<T[K]> | undefined } : T

/** The same value with every field optional. */
export const loose = <T>(value: T): Loose<T> => value as Loose<T>

/** Whether anything at all is set, deeply: upstream's comparison with a zero struct. */
export const isZero = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object') {
    for (const key in value) if (!isZero((value as Record<string, unknown>)[key])) return false
    return true
  }
  return false
}
