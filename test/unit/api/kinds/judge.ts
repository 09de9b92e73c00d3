// Runs an object through what its kind's record decides, as the verbs do without a server: decode, defaults, prepare, validate.
import type { AnyResource, WriteContext } from '../../../../api/resource.ts'
import { applyDefaults } from '../../../../api/schema/defaults.ts'
import { decode } from '../../../../api/schema/decode.ts'
import { schemaByName } from '../../../../api/schema/table.ts'
import { validateObject } from '../../../../api/validation/validate-object.ts'

const nowMs = Date.parse('2026-01-02T00:00:00Z')

/** An object of `resource` as stored: what is given laid over name, namespace and identity. */
export const stored = (resource: AnyResource, given: any): any => {
  const schema = schemaByName(resource.schema)!
  const { metadata, ...rest } = structuredClone(given)
  const identity = {
    name: 'x',
    uid: 'u',
    creationTimestamp: '2026-01-01T00:00:00Z',
    resourceVersion: '1',
    ...(resource.namespaced && { namespace: 'default' }),
  }
  const { object } = decode<any>(schema, { apiVersion: resource.apiVersion, kind: resource.kind, metadata: { ...identity, ...metadata }, ...rest })
  if (!object) throw new Error(`${resource.kind} does not decode`)
  applyDefaults(schema, object)
  resource.default?.(object)
  return object
}

const brief = (errors: ReturnType<typeof validateObject>): string[] => errors.map(e => `${e.field} ${e.reason.replace('FieldValue', '')}`).sort()

/** Field and reason of every fault of a new object. */
export const faultsOfNew = (resource: AnyResource, given: any): string[] => {
  const object = stored(resource, given)
  delete object.metadata.resourceVersion
  const context: WriteContext = { operation: 'create', nowMs }
  resource.prepare?.(object, undefined, context)
  return brief(validateObject(resource, object, undefined, context))
}

/** The same of a change from `before`, both as `stored` takes them. */
export const faultsOfChange = (resource: AnyResource, before: any, given: any, subresource?: string): string[] => {
  const [old, object] = [stored(resource, before), stored(resource, given)]
  const context: WriteContext = { operation: 'update', nowMs, ...(subresource && { subresource }) }
  resource.prepare?.(object, old, context)
  return brief(validateObject(resource, object, old, context))
}
