// Kubernetes' strategic merge: a merge patch that knows which lists merge, and by which key. Directives: $patch (replace, delete,
// merge), $retainKeys, $deleteFromPrimitiveList/LIST, $setElementOrder/LIST.
// Source of the rules: apimachinery/pkg/util/strategicpatch and KEP 1233's predecessors; order rules in strategic-order.ts.
import { badRequest } from '../status.ts'
import { copyJson, isMap, type JsonMap, type JsonValue } from './json-value.ts'
import { checkElementOrder, inList, orderElements } from './strategic-order.ts'

/** What the merge needs to know of a schema. `field` is undefined for a field the schema does not know. */
export interface MergeSchema {
  field(name: string): MergeField | undefined
}
export interface MergeField {
  /** Schema of the value, of the items for a list. */
  readonly schema?: MergeSchema
  /** Upstream's patchStrategy: `merge`, `replace`, either with `retainKeys`. Absent: maps merge, lists are replaced. */
  readonly strategy?: 'merge' | 'replace'
  readonly mergeKey?: string
}

const deleteFromList = '$deleteFromPrimitiveList/'
const setOrder = '$setElementOrder/'
const noSchema: MergeSchema = { field: () => undefined }

const unknownDirective = (value: JsonValue | undefined): Error => badRequest(`unknown patch type: ${JSON.stringify(value)}`)

/** Directives have no meaning where nothing is there to be patched: they are left out. */
const withoutDirectives = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.filter(item => !(isMap(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1)).map(withoutDirectives)
  if (!isMap(value)) return value
  const kept = Object.create(null) as JsonMap
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key === '$patch' || key === '$retainKeys' || key.startsWith(deleteFromList) || key.startsWith(setOrder)) continue
    kept[key] = withoutDirectives(item)
  }
  return kept
}

/** Keeps only the fields a union may have now: `$retainKeys` lists them. */
const retainKeys = (original: JsonMap, patch: JsonMap): void => {
  if (!Object.hasOwn(patch, '$retainKeys')) return
  const list = patch['$retainKeys']
  delete patch['$retainKeys']
  if (!Array.isArray(list)) throw badRequest('invalid patch format of retainKeys')
  const kept = new Set(list)
  for (const [key, value] of Object.entries(patch))
    if (value !== null && !key.startsWith(deleteFromList) && !key.startsWith(setOrder) && !kept.has(key)) throw badRequest('invalid patch format of retainKeys')
  for (const key of Object.keys(original)) if (!kept.has(key)) delete original[key]
}

/** Lists that come with `$setElementOrder` are merged and ordered first, and taken out of the patch. */
const mergeOrderedLists = (original: JsonMap, patch: JsonMap, schema: MergeSchema): void => {
  for (const directive of Object.keys(patch).filter(key => key.startsWith(setOrder))) {
    const order = patch[directive]
    delete patch[directive]
    const name = directive.slice(setOrder.length)
    if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list')
    const before = original[name]
    const change = patch[name]
    if ((before !== undefined && !Array.isArray(before)) || (change !== undefined && change !== null && !Array.isArray(change)))
      throw badRequest(`${name} is not a list`)
    if (change === null) continue
    const field = schema.field(name)
    if (change) checkElementOrder(change, order, field?.mergeKey)
    if (!before && !change) continue
    const merged = !change
      ? before!
      : !before
        ? (withoutDirectives(change.filter(item => !(isMap(item) && item['$patch'] !== undefined))) as JsonValue[])
        : field?.strategy === 'merge'
          ? mergeList(before, change, field, false)
          : change
    original[name] = orderElements(merged, order, before ?? [], field?.mergeKey)
    delete patch[name]
  }
}

const sameShape = (a: JsonValue, b: JsonValue): boolean => (isMap(a) ? isMap(b) : Array.isArray(a) ? Array.isArray(b) : typeof a === typeof b)

const mergeMap = (original: JsonMap, change: JsonMap, schema: MergeSchema): JsonMap => {
  const patch = Object.assign(Object.create(null) as JsonMap, change)
  if (Object.hasOwn(patch, '$patch')) {
    const directive = patch['$patch']
    delete patch['$patch']
    if (directive === 'replace') return copyJson(patch)
    if (directive === 'delete') return Object.create(null) as JsonMap
    throw unknownDirective(directive)
  }
  retainKeys(original, patch)
  mergeOrderedLists(original, patch, schema)
  for (const [key, value] of Object.entries(patch)) {
    const deletes = key.startsWith(deleteFromList)
    const name = deletes ? key.slice(deleteFromList.length) : key
    if (value === null) {
      if (!deletes) delete original[name]
      continue
    }
    const old = Object.hasOwn(original, name) ? original[name]! : undefined
    if (old === undefined || !sameShape(old, value)) {
      if (!deletes) original[name] = withoutDirectives(value)
      continue
    }
    const field = schema.field(name)
    if (isMap(value) && isMap(old)) original[name] = field?.strategy === 'replace' ? withoutDirectives(value) : mergeMap(old, value, field?.schema ?? noSchema)
    else if (Array.isArray(value) && Array.isArray(old))
      original[name] = field?.strategy === 'merge' ? mergeList(old, value, field, deletes) : deletes ? old : withoutReplaceMarkers(value)
    else original[name] = value
  }
  return original
}

const withoutReplaceMarkers = (list: JsonValue[]): JsonValue[] => list.map(item => copyJson(item))

/** A merging list: items of maps are matched by the merge key, primitives form a set. */
const mergeList = (original: JsonValue[], patch: JsonValue[], field: MergeField, deletes: boolean): JsonValue[] => {
  const all = [...original, ...patch]
  if (!all.length) return original
  if (all.some(Array.isArray)) throw badRequest('lists of lists cannot be merged')
  const maps = all.filter(isMap).length
  if (maps && maps !== all.length) throw badRequest('list element types are not identical')
  if (!maps) {
    if (deletes) return original.filter(item => !inList(patch, item, undefined))
    return orderElements([...new Set(all)], patch, original, undefined)
  }
  const mergeKey = field.mergeKey
  if (!mergeKey) throw badRequest('cannot merge lists without merge key')
  const { kept, additions } = applyItemDirectives(original as JsonMap[], patch as JsonMap[], mergeKey)
  const merged = [...kept]
  for (const item of additions) {
    if (!Object.hasOwn(item, mergeKey)) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`)
    const at = merged.findIndex(candidate => candidate[mergeKey] === item[mergeKey])
    if (at < 0) merged.push(copyJson(item))
    else merged[at] = mergeMap(merged[at]!, item, field.schema ?? noSchema)
  }
  return orderElements(merged, additions, kept, mergeKey)
}

/** `{$patch: delete, KEY}` removes an item, `{$patch: replace}` makes the patch the whole list. */
const applyItemDirectives = (original: JsonMap[], patch: JsonMap[], mergeKey: string): { kept: JsonMap[]; additions: JsonMap[] } => {
  let kept = original
  let replaces = false
  const additions: JsonMap[] = []
  for (const item of patch) {
    if (!Object.hasOwn(item, '$patch')) additions.push(item)
    else if (item['$patch'] === 'replace') replaces = true
    else if (item['$patch'] === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw badRequest('delete patch type with no merge key defined')
      kept = kept.filter(candidate => candidate[mergeKey] !== item[mergeKey])
    } else if (item['$patch'] === 'merge') throw badRequest('merging lists cannot yet be specified in the patch')
    else throw unknownDirective(item['$patch'])
  }
  return replaces ? { kept: additions.map(copyJson), additions: [] } : { kept, additions }
}

/** Applies a parsed patch to a copy of `object`; null changes nothing. kind and apiVersion are not patched. Throws 400 for a malformed patch. */
export const applyStrategicMergePatch = (object: JsonMap, patch: JsonValue, schema: MergeSchema): JsonMap => {
  if (patch === null) return object
  if (!isMap(patch)) throw badRequest('error decoding patch: a strategic merge patch is an object')
  const merged = mergeMap(copyJson(object), patch, schema)
  if (Object.hasOwn(patch, '$patch')) return merged
  for (const fixed of ['kind', 'apiVersion']) if (object[fixed] !== undefined) merged[fixed] = object[fixed]
  return merged
}
