// Drops what a custom resource's schema does not know, in place, and reports it. Types are not judged here: that is validation's.
import { formatPath } from './decode.ts'
import type { Schema } from './schema.ts'

const always = new Set(['apiVersion', 'kind', 'metadata'])

/** The paths of what was dropped, as `unknown field` answers and warnings name them. */
export const prune = (schema: Schema, value: unknown): string[] => {
  const dropped: string[] = []
  visit(schema, value, [], true, dropped)
  return dropped
}

const visit = (schema: Schema, value: unknown, path: readonly (string | number)[], isResource: boolean, dropped: string[]): void => {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (schema.items && schema.kind === 'list')
      for (const [i, item] of value.entries()) visit(schema.items, item, [...path, i], schema.items.embeddedResource ?? false, dropped)
    return
  }
  if (schema.kind !== 'object' && schema.kind !== 'map') return
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    if (isResource && always.has(key)) continue
    const child = schema.fields.get(key)?.schema ?? (schema.kind === 'map' ? schema.items : undefined)
    if (child) visit(child, object[key], [...path, key], child.embeddedResource ?? false, dropped)
    else if (!schema.preserveUnknownFields) {
      delete object[key]
      dropped.push(formatPath([...path, key]))
    }
  }
}
