// What a mutation makes of an object: a configuration merged by the kind's schema, or JSON Patch operations. Throws an Error that says
// what is wrong.
import type { CelValue } from '../../../api/cel/cel.types.ts'
import { toJson } from '../../../api/cel/to-json.ts'
import { CelError, CelFields, CelList, CelMap, CelMessage } from '../../../api/cel/value.ts'
import { type ApplySchema, mergeTyped } from '../../../api/patch/apply/typed.ts'
import { applyJsonPatch, PatchTestFailed } from '../../../api/patch/json-patch.ts'
import { copyJson, isMap, type JsonMap, type JsonValue } from '../../../api/patch/json-value.ts'
import { toApplySchema } from '../../../api/patch/patch-schema.ts'
import type { KubeObject } from '../../../api/object.ts'
import type { AnyResource } from '../../../api/resource.ts'
import { schemaByName } from '../../../api/schema/table.ts'

const json = (value: CelValue): JsonValue => {
  const converted = toJson(value)
  if (converted instanceof CelError) throw new Error(converted.message)
  return converted as JsonValue
}

/** Each object's type must be named after the path that it lies at: Object.spec.template in Object.spec. */
const checkTypeNames = (value: CelValue, path: string): void => {
  if (value instanceof CelMessage) {
    const { name } = value.celType
    if (name !== path)
      throw new Error(
        `type mismatch: unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`,
      )
  }
  if (value instanceof CelFields) for (const field of value.names()) checkTypeNames(value.field(field)!, `${path}.${field}`)
  else if (value instanceof CelList) for (const item of value) checkTypeNames(item, path)
  else if (value instanceof CelMap) for (const key of value.keys()) checkTypeNames(value.get(key)!, path)
}

/** Where the configuration would replace something as a whole: that is refused, as it drops what it does not name. */
const findAtomics = (schema: ApplySchema, value: JsonValue, path: string): string[] => {
  if (schema.kind === 'map' && isMap(value))
    return [
      ...(schema.atomic ? [path] : []),
      ...Object.entries(value).flatMap(([name, child]) => {
        const field = schema.field(name)
        return field ? findAtomics(field, child, `${path}.${name}`) : []
      }),
    ]
  if (schema.kind !== 'list' || !Array.isArray(value)) return []
  if (schema.type === 'atomic') return [path]
  return schema.type === 'map' ? value.flatMap((item, i) => findAtomics(schema.items, item, `${path}[${i}]`)) : []
}

const schemaOf = (resource: AnyResource): ApplySchema => {
  const schema = resource.custom?.schema ?? schemaByName(resource.schema)
  if (!schema) throw new Error(`no schema of ${resource.kind}`)
  return toApplySchema(schema)
}

export const applyConfigurationTo = (resource: AnyResource, object: KubeObject, value: CelValue): JsonValue => {
  checkTypeNames(value, 'Object')
  const config = json(value) as JsonMap
  const schema = schemaOf(resource)
  const atomics = findAtomics(schema, config, '')
  if (atomics.length) throw new Error(`error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`)
  return mergeTyped(schema, copyJson(object as unknown as JsonMap), config)!
}

const toOperation = (value: CelValue): JsonMap => {
  if (!(value instanceof CelFields)) throw new Error('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch')
  const given = value.field('value')
  if (given instanceof CelMessage) checkTypeNames(given, given.celType.name)
  const from = value.field('from')
  return {
    op: json(value.field('op') ?? ''),
    path: json(value.field('path') ?? ''),
    ...(from !== undefined && from !== '' && { from: json(from) }),
    ...(given !== undefined && { value: json(given) }),
  }
}

/** undefined: a test did not hold, and the object stays as it is. */
export const applyOperationsTo = (object: KubeObject, value: CelValue): JsonValue | undefined => {
  if (!(value instanceof CelList)) throw new Error('type mismatch: JSONPatchType.expression should evaluate to array')
  const operations = [...value].map(toOperation)
  try {
    return applyJsonPatch(copyJson(object as unknown as JsonMap), operations)
  } catch (error) {
    if (error instanceof PatchTestFailed) return undefined
    throw error
  }
}
