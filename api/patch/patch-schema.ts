// The schema as the two schema-driven patches see it. Views, made on the way down: nothing is built for what a patch does not touch.
import { effectiveDefault } from '../schema/defaults.ts'
import type { Schema } from '../schema/schema.ts'
import type { ApplySchema } from './apply/typed.ts'
import type { JsonMap, JsonValue } from './json-value.ts'
import type { MergeSchema } from './strategic-merge.ts'

export const toMergeSchema = (schema: Schema): MergeSchema => ({
  field: name => {
    if (schema.kind === 'map') return schema.items && { schema: toMergeSchema(schema.items) }
    const field = schema.fields.get(name)
    if (!field) return undefined
    const value = field.schema.kind === 'list' ? field.schema.items : field.schema
    const strategy = field.patchStrategy?.startsWith('merge') ? 'merge' : field.patchStrategy === 'replace' ? 'replace' : undefined
    return { ...(value && { schema: toMergeSchema(value) }), ...(strategy && { strategy }), ...(field.mergeKey !== undefined && { mergeKey: field.mergeKey }) }
  },
})

const scalar: ApplySchema = { kind: 'scalar' }
const untyped: ApplySchema = { kind: 'untyped' }

export const toApplySchema = (schema: Schema): ApplySchema => {
  switch (schema.kind) {
    case 'object':
      return {
        kind: 'map',
        atomic: schema.mapType === 'atomic',
        values: untyped,
        field: name => {
          const field = schema.fields.get(name)
          return field && toApplySchema(field.schema)
        },
      }
    case 'map':
      return { kind: 'map', atomic: schema.mapType === 'atomic', field: () => undefined, values: schema.items ? toApplySchema(schema.items) : untyped }
    case 'list': {
      const items = schema.items
      if (schema.listType === 'set') return { kind: 'list', type: 'set' }
      if (schema.listType !== 'map' || !items) return { kind: 'list', type: 'atomic' }
      const keys = schema.mapKeys ?? []
      const keyDefaults: JsonMap = {}
      for (const key of keys) {
        const field = items.fields.get(key)
        const value = field && effectiveDefault(field)
        if (value !== undefined) keyDefaults[key] = value as JsonValue
      }
      return { kind: 'list', type: 'map', keys, keyDefaults, items: toApplySchema(items) }
    }
    default:
      // What upstream keeps as raw JSON is owned as a whole; what a definition leaves open merges as far as its values are maps.
      return schema.preserveUnknownFields ? untyped : scalar
  }
}
