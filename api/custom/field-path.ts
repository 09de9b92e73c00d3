// Paths of fields as definitions write them (.spec.replicas, .labels['app']), followed through a schema. Pure.
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'

/** `path` as error messages and causes have it: labels[app]. */
export type FieldPath = { readonly path: string; readonly schema: JSONSchemaProps } | { readonly error: string }

/** Delimiters, quoted strings, and what lies between. */
const tokens = (path: string): string[] => path.match(/[.[\]]|'(?:\\.|[^'\\])*'|[^.[\]]+/gs) ?? []
const escapes: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' }

const step = (schema: JSONSchemaProps, name: string): { schema: JSONSchemaProps; key: boolean } | undefined => {
  if (schema.properties) {
    const found = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    return found && { schema: found, key: false }
  }
  const { additionalProperties } = schema
  return typeof additionalProperties === 'object' ? { schema: additionalProperties, key: true } : undefined
}

export const followFieldPath = (path: string, root: JSONSchemaProps, { brackets = true } = {}): FieldPath => {
  let schema = root
  let text = ''
  const found = tokens(path)
  for (let i = 0; i < found.length; i += 2) {
    const token = found[i]!
    let name = found[i + 1]
    if (token === '[') {
      if (!brackets) return { error: 'array notation is not allowed' }
      if (name === undefined) return { error: 'unexpected end of JSON path' }
      if (!/^'.*'$/s.test(name)) return { error: `expected single quoted string but got ${name}` }
      if (/\\[^abfnrtv'\\]/.test(name)) return { error: 'invalid string literal' }
      name = name.slice(1, -1).replace(/\\(.)/g, (_, c: string) => escapes[c]!)
      if (found[i + 2] !== ']') return { error: 'expected ]' }
      i++
    } else if (token !== '.') return { error: `expected [ or . but got: ${token}` }
    if (name === undefined) return { error: 'unexpected end of JSON path' }
    const next = step(schema, name)
    if (!next) return { error: 'does not refer to a valid field' }
    text += next.key ? `[${name}]` : text === '' ? name : `.${name}`
    schema = next.schema
  }
  return { path: text, schema }
}
