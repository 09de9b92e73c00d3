// Lists and maps that were sent empty. Storage does not keep them, and an empty one means as much as none; but upstream's rules see the
// difference between nothing and something empty here and there, so decoding leaves a note of them, which no encoder writes.

const note = Symbol('fields that were sent empty')

interface Noted {
  [note]?: readonly string[]
}

export const noteEmptied = (object: object, paths: readonly string[]): void => {
  if (paths.length) (object as Noted)[note] = paths
}

/** Paths, as spec.ingress[0].from; of an object as the client sent it. */
export const emptiedOf = (object: object): readonly string[] => (object as Noted)[note] ?? []

/** A copy that keeps the note, which structuredClone alone does not. */
export const cloneNoted = <T extends object>(object: T): T => {
  const copy = structuredClone(object)
  noteEmptied(copy, emptiedOf(object))
  return copy
}

const isFilled = (object: object, path: string): boolean => {
  let value: unknown = object
  for (const step of path.match(/[^.[\]]+/g) ?? []) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined
  return value !== undefined && value !== null
}

/** Whether anything below one of the object's own fields was, and no default took its place. */
export const hasEmptied = (object: object, field: string): boolean =>
  emptiedOf(object).some(path => path.startsWith(field) && (path[field.length] === '.' || path[field.length] === '[') && !isFilled(object, path))
