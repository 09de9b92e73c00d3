// RFC 6902 as upstream's library understands it, which is more lenient than the RFC: a missing map key may be replaced or copied
// from, negative indices count from the end, `01` is an index, a path's text before the first slash is ignored.
import { badRequest, StatusError } from '../status.ts'
import { copyJson, isMap, jsonEqual, type JsonMap, type JsonValue } from './json-value.ts'

/** Upstream's limits: operations in a patch, and bytes that copy operations may add up to. */
const maxOperations = 10_000
const maxCopiedBytes = 3 * 1024 * 1024

/** The patch was understood but does not fit the object: 422 without causes, as upstream answers. */
const misfit = (why: string): StatusError => new StatusError(422, 'Invalid', `the JSON patch does not fit the object: ${why}`)

/** A test operation that did not hold: to whoever patches conditionally, no error. */
export class PatchTestFailed extends StatusError {
  override name = 'PatchTestFailed'
  constructor(path: string) {
    super(422, 'Invalid', `the JSON patch does not fit the object: the test of ${path} failed`)
  }
}

interface Operation {
  op?: JsonValue
  path?: JsonValue
  from?: JsonValue
  value?: JsonValue
}

interface Place {
  container: JsonMap | JsonValue[]
  key: string
}

const find = (root: JsonValue, path: string): Place => {
  const [, ...parts] = path.split('/')
  const key = parts.pop()
  if (key === undefined) throw misfit(`path ${JSON.stringify(path)} names no member`)
  let at: JsonValue | undefined = root
  for (const part of parts) at = Array.isArray(at) ? at[toIndex(part, at.length - 1, at.length)] : isMap(at) ? own(at, unescapeKey(part)) : undefined
  if (!Array.isArray(at) && !isMap(at)) throw misfit(`path ${JSON.stringify(path)} does not exist`)
  return { container: at, key: Array.isArray(at) ? key : unescapeKey(key) }
}
const own = (map: JsonMap, key: string): JsonValue | undefined => (Object.hasOwn(map, key) ? map[key] : undefined)
const unescapeKey = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** An index between 0 and `max`; negative ones count back from `length`. */
const toIndex = (text: string, max: number, length: number): number => {
  if (!/^[+-]?\d+$/.test(text)) throw misfit(`${JSON.stringify(text)} is not an index`)
  const index = Number(text)
  const resolved = index < 0 ? index + length : index
  if (resolved < 0 || resolved > max) throw misfit(`index ${text} is out of bounds`)
  return resolved
}

const read = ({ container, key }: Place): JsonValue | undefined =>
  Array.isArray(container) ? container[toIndex(key, container.length - 1, container.length)] : own(container, key)

const add = ({ container, key }: Place, value: JsonValue): void => {
  if (!Array.isArray(container)) container[key] = value
  else if (key === '-') container.push(value)
  else container.splice(toIndex(key, container.length, container.length + 1), 0, value)
}
const replace = (place: Place, value: JsonValue): void => {
  const { container, key } = place
  if (Array.isArray(container)) container[toIndex(key, container.length - 1, container.length)] = value
  else container[key] = value
}
const remove = ({ container, key }: Place): void => {
  if (Array.isArray(container)) container.splice(toIndex(key, container.length - 1, container.length), 1)
  else if (Object.hasOwn(container, key)) delete container[key]
  else throw misfit(`${JSON.stringify(key)} does not exist`)
}

const text = (operation: Operation, member: 'path' | 'from'): string => {
  const value = operation[member]
  if (typeof value !== 'string') throw misfit(`an operation lacks ${member}`)
  return value
}

/**
 * Applies a parsed patch to a copy of `object`. Throws 400 for what is no patch, 413 for too many operations, 422 for one that does not fit.
 */
export const applyJsonPatch = (object: JsonValue, patch: JsonValue): JsonValue => {
  if (patch === null) return object
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations')
  if (patch.length > maxOperations)
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: a JSON patch may have ${maxOperations} operations, this one has ${patch.length}`,
    )
  const operations = patch.map((item): Operation => {
    if (item === null) return {}
    if (!isMap(item)) throw badRequest('error decoding patch: an operation of a JSON patch is an object')
    return item
  })
  let root = copyJson(object)
  let copiedBytes = 0
  for (const operation of operations) {
    const value = (): JsonValue => copyJson(operation.value ?? null)
    switch (operation.op) {
      case 'add':
      case 'replace': {
        const path = text(operation, 'path')
        if (path === '') {
          if (operation.op === 'add' || !(isMap(operation.value) || Array.isArray(operation.value)))
            throw misfit('the whole object can only be replaced by an object')
          root = value()
          break
        }
        const place = find(root, path)
        if (operation.op === 'add') add(place, value())
        else replace(place, value())
        break
      }
      case 'remove':
        remove(find(root, text(operation, 'path')))
        break
      case 'move': {
        const from = find(root, text(operation, 'from'))
        const moved = read(from) ?? null
        remove(from)
        add(find(root, text(operation, 'path')), moved)
        break
      }
      case 'copy': {
        const copied = copyJson(read(find(root, text(operation, 'from'))) ?? null)
        copiedBytes += JSON.stringify(copied).length
        if (copiedBytes > maxCopiedBytes) throw misfit(`copy operations add up to more than ${maxCopiedBytes} bytes`)
        add(find(root, text(operation, 'path')), copied)
        break
      }
      case 'test': {
        const path = text(operation, 'path')
        if (!jsonEqual((path === '' ? root : read(find(root, path))) ?? null, operation.value ?? null)) throw new PatchTestFailed(path)
        break
      }
      default:
        throw misfit(`unknown operation ${JSON.stringify(operation.op ?? null)}`)
    }
  }
  return root
}
