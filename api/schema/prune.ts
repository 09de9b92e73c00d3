// Drops what a custom resource's schema does not know, in place, and reports it. Types are not judged here: that is validation's.
import { formatPath } from './decode.ts'
import type { Schema } from './schema.ts'

const always = new Set(['apiVersion', 'kind', 'metadata'])

type Path = readonly (string | number)[]

/** The paths of what was dropped, as `unknown field` answers and warnings name them, sorted. A resource keeps kind, apiVersion and metadata. */
export const prune = (schema: Schema, value: unknown, isResource = true): string[] => {
  const dropped: string[] = []
  visit(schema, value, [], isResource, dropped)
  return dropped.sort()
}

/** `schema` is undefined below what says nothing of its content: there only scalars and lists stay. */
const visit = (schema: Schema | undefined, value: unknown, path: Path, isResource: boolean, dropped: string[]): void => {
  if (typeof value !== 'object' || value === null) return
  if (schema?.preserveUnknownFields) {
    visitPreserved(schema, value, path, isResource, dropped)
    return
  }
  if (Array.isArray(value)) {
    const items = schema?.kind === 'list' ? schema.items : undefined
    for (const [i, item] of value.entries()) visit(items, item, [...path, i], items?.embeddedResource ?? false, dropped)
    return
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    if (isResource && always.has(key)) continue
    const field = schema?.fields.get(key)
    if (field) visit(field.schema, object[key], [...path, key], field.schema.embeddedResource ?? false, dropped)
    else if (schema?.kind === 'map') visit(schema.items, object[key], [...path, key], schema.items?.embeddedResource ?? false, dropped)
    else {
      delete object[key]
      dropped.push(formatPath([...path, key]))
    }
  }
}

/** Nothing is dropped here, but what is specified below is held to it. */
const visitPreserved = (schema: Schema | undefined, value: unknown, path: Path, isResource: boolean, dropped: string[]): void => {
  if (typeof value !== 'object' || value === null || !schema) return
  if (Array.isArray(value)) {
    const items = schema.kind === 'list' ? schema.items : undefined
    for (const [i, item] of value.entries()) visitPreserved(items, item, [...path, i], items?.embeddedResource ?? false, dropped)
    return
  }
  for (const [key, child] of Object.entries(value)) {
    if (isResource && always.has(key)) continue
    const below = schema.fields.get(key)?.schema ?? (schema.kind === 'map' ? schema.items : undefined)
    if (below) visit(below, child, [...path, key], below.embeddedResource ?? false, dropped)
  }
}

/** Drops nulls where a schema knows no null and has nothing to put in its place. Items of lists stay. */
export const dropNulls = (schema: Schema | undefined, value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    const items = schema?.kind === 'list' ? schema.items : undefined
    if (items) for (const item of value) dropNulls(items, item)
    return
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    const below = schema?.fields.get(key)?.schema ?? (schema?.kind === 'map' ? schema.items : undefined)
    if (!below) continue
    if (object[key] === null && !below.nullable && below.default === undefined) delete object[key]
    else dropNulls(below, object[key])
  }
}
