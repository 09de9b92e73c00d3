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
  /** A JSON form that is not that of its fields: `any` value, or `either` the type of its field `schema` or something simpler. */
  scalar?: string
  fields: FieldRow[]
}

export interface TableFile {
  package: string
  apiVersion: string
  types: TypeRow[]
}

const argument = (token: string): string => token.slice(token.indexOf('(') + 1, -1)

const readFlag = (row: FieldRow, token: string): void => {
  switch (token[0]) {
    case '!':
      row.required = true
      return
    case '#':
      row.number = Number(token.slice(1))
      return
    case '=':
      row.default = token.slice(1)
      return
    default:
  }
  if (token.startsWith('map(')) {
    row.listType = 'map'
    row.mapKeys = argument(token).split(',')
  } else if (token.startsWith('merge(')) {
    row.merge = true
    row.mergeKey = argument(token)
  } else if (token === 'set' || token === 'untyped') row.listType = token
  else if (token === 'atomic' && row.type.startsWith('[]')) row.listType = token
  else if (token === 'atomic' || token === 'granular') row.mapType = token
  else if (token === 'merge' || token === 'retainKeys' || token === 'replace' || token === 'keep' || token === 'omit' || token === 'inline') row[token] = true
  else throw new Error(`schema table: ${row.name}: unknown flag ${token}`)
}

const readField = (line: string): FieldRow => {
  const words = line.split(' ')
  const type = words[1] ?? ''
  const row: FieldRow = { name: words[0] ?? '', type, required: false }
  for (let i = 2; i < words.length; i++) readFlag(row, words[i]!)
  // Most list types follow from the patch strategy.
  if (type.startsWith('[]') && !row.listType) {
    row.listType = row.merge ? (row.mergeKey ? 'map' : 'set') : 'atomic'
    if (row.listType === 'map') row.mapKeys = [row.mergeKey!]
  }
  return row
}

const readHead = (line: string): TypeRow => {
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

const readType = (block: string): TypeRow => {
  const lines = block.split('\n')
  const row = readHead(lines[0]!)
  for (let i = 1; i < lines.length; i++) if (lines[i] !== '') row.fields.push(readField(lines[i]!.slice(2)))
  return row
}

/** A file whose types are read one by one, as they are asked for. */
export class TableText {
  readonly package: string
  readonly apiVersion: string
  readonly #blocks = new Map<string, string | TypeRow>()

  constructor(text: string) {
    const blocks = text.split('\n\n')
    const [first = '', second = ''] = blocks[0]!.split('\n')
    this.package = first.slice('package '.length)
    this.apiVersion = second.slice('group '.length)
    for (let i = 1; i < blocks.length; i++) this.#blocks.set(/^\S+/.exec(blocks[i]!)![0], blocks[i]!)
  }

  get names(): string[] {
    return [...this.#blocks.keys()]
  }

  type(name: string): TypeRow | undefined {
    const block = this.#blocks.get(name)
    if (typeof block !== 'string') return block
    const row = readType(block)
    this.#blocks.set(name, row)
    return row
  }
}

/** Everything at once, for those who rewrite the file. */
export const parseTableText = (text: string): TableFile => {
  const file = new TableText(text)
  return { package: file.package, apiVersion: file.apiVersion, types: file.names.map(name => file.type(name)!) }
}
