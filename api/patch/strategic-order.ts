// The order of a merged list: items the patch names come in the patch's order, the server's own keep theirs, and where both
// could come next the server's goes first only if it stood before in the original.
import { badRequest } from '../status.ts'
import { isMap, jsonEqual, type JsonValue } from './json-value.ts'

const identity = (item: JsonValue, mergeKey: string | undefined): JsonValue | undefined => (mergeKey !== undefined && isMap(item) ? item[mergeKey] : item)

const indexIn = (list: readonly JsonValue[], item: JsonValue, mergeKey: string | undefined): number => {
  const wanted = identity(item, mergeKey)
  return list.findIndex(candidate => jsonEqual(identity(candidate, mergeKey), wanted))
}

export const inList = (list: readonly JsonValue[], item: JsonValue, mergeKey: string | undefined): boolean => indexIn(list, item, mergeKey) >= 0

const sortedBy = (items: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string | undefined): JsonValue[] =>
  items
    .map(item => ({ item, at: indexIn(order, item, mergeKey) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** `named` is the patch's list or its $setElementOrder, `original` the list before the patch. */
export const orderElements = (
  merged: readonly JsonValue[],
  named: readonly JsonValue[],
  original: readonly JsonValue[],
  mergeKey: string | undefined,
): JsonValue[] => {
  const ours = sortedBy(
    merged.filter(item => inList(named, item, mergeKey)),
    named,
    mergeKey,
  )
  const theirs = sortedBy(
    merged.filter(item => !inList(named, item, mergeKey)),
    original,
    mergeKey,
  )
  const result: JsonValue[] = []
  let i = 0
  let j = 0
  while (i < theirs.length || j < ours.length) {
    if (j >= ours.length) result.push(theirs[i++]!)
    else if (i >= theirs.length) result.push(ours[j++]!)
    else {
      const left = indexIn(original, theirs[i]!, mergeKey)
      const right = indexIn(original, ours[j]!, mergeKey)
      result.push(left >= 0 && right >= 0 && left < right ? theirs[i++]! : ours[j++]!)
    }
  }
  return result
}

/** The patch's list must follow its own $setElementOrder. Items that are deleted need not be in it. */
export const checkElementOrder = (patch: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string | undefined): void => {
  let j = 0
  for (const item of patch) {
    if (isMap(item) && item['$patch'] === 'delete') continue
    while (j < order.length && !jsonEqual(identity(order[j]!, mergeKey), identity(item, mergeKey))) j++
    if (j++ >= order.length) throw badRequest("the order in the patch's list does not match its $setElementOrder")
  }
}
