// The text of the schema table: its grammar, read into rows. docs: api/schema/README.md. Knows nothing of what the rows mean.
//   package io.k8s.api.core.v1
//   group v1
//   Container                                  a type; `kind` if it has a GVK, `atomic`, `union(…)`, `= any` if it has no fields
//     name string !                            field, Go-like type (* pointer, [] list, {} map by string), ! required
//     ports []ContainerPort map(containerPort,protocol) merge(containerPort) #6

export interface FieldRow {
  name: string
  /** `*int32`, `[]EnvVar`, `{}Quantity`, `meta.v1.ObjectMeta`: prefixes, then a scalar, a type of this file or `FILE.Type`. */
  type: string
  required: boolean
  listType?: 'map' | 'set' | 'atomic' | 'untyped'
  mapKeys?: string[]
  mapType?: 'atomic' | 'granular'
  merge?: boolean
  mergeKey?: string
  retainKeys?: boolean
  replace?: boolean
  /** JSON text. */
  default?: string
  number?: number
  /** Written even when zero, though optional: its Go tag has no omitempty. */
  keep?: boolean
  /** Left out when zero, though required. */
  omit?: boolean
  /** The fields of this struct lie beside those of its parent in JSON; protobuf sees a message. */
  inline?: boolean
}

export interface TypeRow {
  name: string
  kind: boolean
  atomic: boolean
  /** `discriminator:field,field`, upstream's x-kubernetes-unions. */
  union?: string
  /** What a type without fields is on the wire: any, string, object. */
  scalar?: string
  fields: FieldRow[]
}

export interface TableFile { package: string; apiVersion: string; types: TypeRow[] }

const argument = (token: string): string => token.slice(token.indexOf('(') + 1, -1)

const readFlag = (row: FieldRow, token: string): void => {
  const list = row.type.startsWith('[]')
  if (token === '!') row.required = true
  else if (token.startsWith('#')) row.number = Number(token.slice(1))
  else if (token.startsWith('=')) row.default = token.slice(1)
  else if (token.startsWith('map(')) { row.listType = 'map'; row.mapKeys = argument(token).split(',') }
  else if (token.startsWith('merge(')) { row.merge = true; row.mergeKey = argument(token) }
  else if (token === 'set' || token === 'untyped') row.listType = token
  else if (token === 'atomic' && list) row.listType = token
  else if (token === 'atomic' || token === 'granular') row.mapType = token
  else if (token === 'merge' || token === 'retainKeys' || token === 'replace' || token === 'keep' || token === 'omit' || token === 'inline') row[token] = true
  else throw new Error(`schema table: ${row.name}: unknown flag ${token}`)
}

const readField = (line: string): FieldRow => {
  const [name = '', type = '', ...flags] = line.split(' ')
  const row: FieldRow = { name, type, required: false }
  for (const flag of flags) readFlag(row, flag)
  // Most list types follow from the patch strategy.
  if (type.startsWith('[]') && !row.listType) {
    row.listType = row.merge ? (row.mergeKey ? 'map' : 'set') : 'atomic'
    if (row.listType === 'map') row.mapKeys = [row.mergeKey!]
  }
  return row
}

const readType = (line: string): TypeRow => {
  const [name = '', ...flags] = line.split(' ')
  const row: TypeRow = { name, kind: false, atomic: false, fields: [] }
  for (const [i, flag] of flags.entries()) {
    if (flag === 'kind') row.kind = true
    else if (flag === 'atomic') row.atomic = true
    else if (flag.startsWith('union(')) row.union = argument(flag)
    else if (flag === '=') row.scalar = flags[i + 1]
  }
  return row
}

export const parseTableText = (text: string): TableFile => {
  const file: TableFile = { package: '', apiVersion: '', types: [] }
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('//')) continue
    if (line.startsWith('  ')) file.types.at(-1)!.fields.push(readField(line.slice(2)))
    else if (line.startsWith('package ')) file.package = line.slice(8)
    else if (line.startsWith('group ')) file.apiVersion = line.slice(6)
    else file.types.push(readType(line))
  }
  return file
}
