// What happens to a custom resource before it is judged: metadata takes its form, what the schema does not know is dropped, nulls that
// are no values go, defaults come. In place. Pure.
import type { JsonMap } from '../patch/json-value.ts'
import { applyDefaults } from '../schema/defaults.ts'
import { dropNulls, prune } from '../schema/prune.ts'
import type { Schema } from '../schema/schema.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'
import { type Coercion, coerceEmbedded, coerceRoot, hasEmbedded } from './embedded.ts'

export interface Coercer {
  /** `unknown` are paths of dropped fields; with an `error` the object is not usable. */
  coerce(object: JsonMap, lenient: boolean): { unknown: readonly string[]; error?: string }
  default(object: JsonMap): void
}

export const createCoercer = (props: JSONSchemaProps, schema: Schema): Coercer => {
  const embedded = hasEmbedded(props)
  const content = withoutMeta(schema)
  return {
    coerce: (object, lenient) => {
      const coercion: Coercion = { lenient, unknown: [] }
      coerceRoot(object, coercion)
      coercion.unknown.push(...prune(schema, object))
      dropNulls(content, object)
      if (embedded) coerceEmbedded(props, object, coercion)
      return coercion
    },
    default: object => applyDefaults(content, object),
  }
}

/** kind, apiVersion and metadata are no business of the definition's schema. */
const withoutMeta = (schema: Schema): Schema => {
  const ordered = schema.ordered.filter(f => f.name !== 'metadata' && f.name !== 'kind' && f.name !== 'apiVersion')
  return { ...schema, ordered, fields: new Map(ordered.map(f => [f.name, f])) }
}
