// The upgrade from client-side to server-side apply: kubectl's annotation says what it applied before, so its own fields do not conflict.
// Source: KEP-3805 and apimachinery's lastapplied managers; only for the manager that is named `kubectl`.
import { parseJson, stringifyJson } from '../../json.ts'
import { copyJson, isMap, type JsonMap, type JsonValue } from '../json-value.ts'
import { type Applied, applyConfiguration, ConflictError, type FieldRules } from './field-manager.ts'
import { difference, type FieldSet, isEmpty } from './field-set.ts'
import type { Manager, Managers } from './managed-fields.ts'
import { compare, toFieldSet } from './typed.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const maxAnnotationBytes = 256 * 1024

const annotationsOf = (object: JsonMap): JsonMap | undefined => {
  const { metadata } = object
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined
  return isMap(annotations) ? annotations : undefined
}
const lastAppliedOf = (object: JsonMap): string | undefined => {
  const text = annotationsOf(object)?.[annotation]
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** The fields of the last client-side apply that are still as it set them; undefined when there was none, or it cannot be read. */
const stillAsApplied = (live: JsonMap, apiVersion: string, rules: FieldRules): FieldSet | undefined => {
  const text = lastAppliedOf(live)
  if (text === undefined) return undefined
  let last: unknown
  try {
    last = parseJson(text).value
  } catch {
    return undefined
  }
  if (!isMap(last) || last['apiVersion'] !== apiVersion) return undefined
  const { added, modified, removed } = compare(rules.schema, last, live)
  return difference(difference(difference(toFieldSet(rules.schema, last), modified), added), removed)
}

/** As applyConfiguration; for `kubectl`, conflicts about its own last client-side apply are no conflicts. */
export const applyOverClientSide = (managers: Managers, manager: Manager, live: JsonMap, config: JsonMap, force: boolean, rules: FieldRules): Applied => {
  try {
    return applyConfiguration(managers, manager, live, config, force, rules)
  } catch (error) {
    if (manager.name !== 'kubectl' || !(error instanceof ConflictError)) throw error
    const allowed = stillAsApplied(live, manager.apiVersion, rules)
    if (!allowed) throw error
    const left = error.conflicts.map(c => ({ ...c, set: difference(c.set, allowed) })).filter(c => !isEmpty(c.set))
    if (left.length) throw new ConflictError(left)
    return applyConfiguration(managers, manager, live, config, true, rules)
  }
}

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  const out: JsonMap = Object.create(null) as JsonMap
  for (const key of Object.keys(value).sort()) out[key] = sorted(value[key]!)
  return out
}
const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' }

/** The configuration as Go would marshal it. */
const toLastApplied = (sent: JsonMap): string => {
  const config = copyJson(sent)
  const annotations = annotationsOf(config)
  if (annotations) delete annotations[annotation]
  const json = stringifyJson(sorted(config))
  return `${json.replace(/[<>&\u2028\u2029]/g, c => escapes[c]!)}\n`
}

/** In place: keeps the annotation of client-side apply in step, so that the user can go back. Dropped where it would be too large. */
export const syncLastApplied = (object: JsonMap, sent: JsonMap, manager: string): void => {
  if (manager !== 'kubectl' || lastAppliedOf(object) === undefined) return
  const annotations = annotationsOf(object)!
  const text = toLastApplied(sent)
  let size = Buffer.byteLength(annotation) + Buffer.byteLength(text)
  for (const [key, value] of Object.entries(annotations)) if (key !== annotation) size += Buffer.byteLength(key) + Buffer.byteLength(stringifyJson(value))
  if (size > maxAnnotationBytes) delete annotations[annotation]
  else annotations[annotation] = text
}
