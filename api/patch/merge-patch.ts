// RFC 7386: maps merge, everything else replaces, null removes.
import { badRequest } from '../status.ts'
import { copyJson, isMap, type JsonMap, type JsonValue } from './json-value.ts'

/** Nulls say what to remove; in what is newly added there is nothing to remove. */
const withoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isMap(value)) return value
  const kept = Object.create(null) as JsonMap
  for (const [key, item] of Object.entries(value)) if (item !== null) kept[key] = withoutNulls(item)
  return kept
}

const merge = (target: JsonMap, patch: JsonMap): JsonMap => {
  for (const [key, item] of Object.entries(patch)) {
    const old = Object.hasOwn(target, key) ? target[key] : undefined
    if (item === null) delete target[key]
    // Upstream's library leaves alone what takes a map's place.
    else target[key] = isMap(old) ? (isMap(item) ? merge(old, item) : copyJson(item)) : withoutNulls(item)
  }
  return target
}

/** Applies a parsed patch to a copy of `object`. Throws 400 for a patch that is no object. */
export const applyMergePatch = (object: JsonMap, patch: JsonValue): JsonMap => {
  if (!isMap(patch)) throw badRequest('error decoding patch: a merge patch is an object')
  return merge(copyJson(object), patch)
}
