// The schema table as schemas: texts are parsed per file and types are built per type, both on first use, and kept. The content is
// constant, so what is kept is a memo, not state.
import { tableTexts } from '../types/table-texts.ts'
import type { Field, Schema, SchemaKind } from './schema.ts'
import { type FieldRow, TableText, type TypeRow } from './table-text.ts'

const scalarKinds: Readonly<Record<string, [SchemaKind, string?]>> = {
  string: ['string'],
  bool: ['boolean'],
  int32: ['int32'],
  int64: ['int64'],
  uint32: ['uint32'],
  double: ['double'],
  bytes: ['bytes'],
  any: ['any'],
  Time: ['time', 'io.k8s.apimachinery.pkg.apis.meta.v1.Time'],
  MicroTime: ['microTime', 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime'],
  Duration: ['duration', 'io.k8s.apimachinery.pkg.apis.meta.v1.Duration'],
  Quantity: ['quantity', 'io.k8s.apimachinery.pkg.api.resource.Quantity'],
  IntOrString: ['intOrString', 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'],
  RawExtension: ['rawExtension', 'io.k8s.apimachinery.pkg.runtime.RawExtension'],
  FieldsV1: ['fieldsV1', 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1'],
}
/** Structs in Go, whose omitempty has no effect on values. */
const alwaysWritten = new Set(['Time', 'MicroTime', 'Duration', 'Quantity', 'IntOrString', 'RawExtension'])
const empty: { readonly fields: ReadonlyMap<string, Field>; readonly ordered: readonly Field[] } = { fields: new Map(), ordered: [] }

/** A type of a table file, with what finding other types from it needs. */
export interface TableType {
  readonly file: string
  readonly row: TypeRow
}

interface TypeParts {
  fields: () => Field[]
  items: () => Schema
}

/** A schema whose fields are built when first asked for: types refer to each other, and most are never needed. */
class TypeSchema implements Schema {
  readonly kind: SchemaKind
  readonly name: string
  readonly mapType?: 'atomic' | 'granular'
  readonly isKind: boolean
  readonly union?: string
  readonly #row: TypeRow
  #fields: ReadonlyMap<string, Field> | undefined
  #ordered: readonly Field[] | undefined
  #items: Schema | undefined
  readonly #build: TypeParts
  constructor(name: string, row: TypeRow, build: TypeParts, mapType: Schema['mapType'] = row.atomic ? 'atomic' : undefined) {
    this.name = name
    this.#row = row
    this.kind = (row.scalar ?? 'object') as SchemaKind
    this.isKind = row.kind
    if (mapType) this.mapType = mapType
    if (row.union !== undefined) this.union = row.union
    this.#build = build
  }
  get fields(): ReadonlyMap<string, Field> {
    return (this.#fields ??= new Map(this.ordered.map(f => [f.name, f])))
  }
  get ordered(): readonly Field[] {
    return (this.#ordered ??= this.kind === 'object' ? this.#build.fields() : [])
  }
  get items(): Schema | undefined {
    return this.kind === 'either' ? (this.#items ??= this.#build.items()) : undefined
  }
  withMapType(mapType: Schema['mapType']): TypeSchema {
    return new TypeSchema(this.name, this.#row, this.#build, mapType)
  }
}

/** `[]*foo.v1.Bar` → the first prefix and the rest. */
const peel = (type: string): [prefix: string, rest: string] =>
  type.startsWith('*') ? ['*', type.slice(1)] : /^(\[\]|\{\}|\(\))/.test(type) ? [type.slice(0, 2), type.slice(2)] : ['', type]

export class SchemaTable {
  readonly #texts: Readonly<Record<string, string>>
  readonly #files = new Map<string, TableText>()
  readonly #schemas = new Map<string, Schema>()
  readonly #named = new Map<string, Schema>()
  #filesOf: Map<string, string[]> | undefined

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = texts
  }

  /** By OpenAPI name: io.k8s.api.core.v1.Pod. Asked for by every request: found once. */
  byName(name: string): Schema | undefined {
    let found = this.#named.get(name)
    if (!found && (found = this.#find(name))) this.#named.set(name, found)
    return found
  }

  #find(name: string): Schema | undefined {
    const [file, type] = [name.split('.').slice(-3, -1).join('.'), name.slice(name.lastIndexOf('.') + 1)]
    const scalar = Object.values(scalarKinds).find(([, own]) => own === name)
    if (scalar)
      return this.#schema(
        Object.keys(scalarKinds).find(key => scalarKinds[key] === scalar)!,
        '',
      )
    return this.#file(file)?.package === name.slice(0, -type.length - 1) && this.#file(file)!.type(type) ? this.#schema(type, file) : undefined
  }

  /** Of a kind, in its group and version; the kinds every group knows (Status, DeleteOptions, …) in any. */
  byKind(group: string, version: string, kind: string): Schema | undefined {
    const apiVersion = group ? `${group}/${version}` : version
    for (const file of [...(this.#apiVersions().get(apiVersion) ?? []), 'meta.v1']) if (this.#file(file)?.type(kind)?.kind) return this.#schema(kind, file)
    return undefined
  }

  /** The rows behind an object's schema, for readers that need more than JSON's view. */
  typeOf(name: string): TableType | undefined {
    const [file, type] = [name.split('.').slice(-3, -1).join('.'), name.slice(name.lastIndexOf('.') + 1)]
    const row = this.#file(file)?.type(type)
    return row && { file, row }
  }

  /** The group and version of a type's file. */
  groupVersionOf(name: string): { group: string; version: string } {
    const apiVersion = this.#file(name.split('.').slice(-3, -1).join('.'))?.apiVersion ?? ''
    const slash = apiVersion.indexOf('/')
    return { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
  }

  /** The schema a row of `file` names. */
  resolve(type: string, file: string): Schema {
    return this.#schema(type, file)
  }

  /** The OpenAPI names of all types with fields or a form of their own. */
  names(): string[] {
    return Object.keys(this.#texts).flatMap(file => this.#file(file)!.names.map(type => `${this.#file(file)!.package}.${type}`))
  }

  #apiVersions(): Map<string, string[]> {
    if (this.#filesOf) return this.#filesOf
    this.#filesOf = new Map()
    for (const [file, text] of Object.entries(this.#texts)) {
      const start = text.indexOf('\ngroup ') + 7
      const apiVersion = text.slice(start, text.indexOf('\n', start))
      this.#filesOf.set(apiVersion, [...(this.#filesOf.get(apiVersion) ?? []), file])
    }
    return this.#filesOf
  }

  #file(file: string): TableText | undefined {
    let parsed = this.#files.get(file)
    const text = this.#texts[file]
    if (!parsed && text !== undefined) this.#files.set(file, (parsed = new TableText(text)))
    return parsed
  }

  /** Of a row's type without list attributes; pointers do not matter to a schema. */
  #schema(type: string, file: string): Schema {
    const [prefix, rest] = peel(type)
    if (prefix === '*' || prefix === '()') return this.#schema(rest, file)
    if (prefix === '[]') return { kind: 'list', ...empty, items: this.#schema(rest, file) }
    if (prefix === '{}') return { kind: 'map', ...empty, items: this.#schema(rest, file) }
    const dot = type.lastIndexOf('.')
    const home = dot < 0 ? file : type.slice(0, dot)
    const key = scalarKinds[type] ? type : `${home}/${type.slice(dot + 1)}`
    let schema = this.#schemas.get(key)
    if (!schema) {
      schema = scalarKinds[type]
        ? { kind: scalarKinds[type][0], ...empty, ...(scalarKinds[type][1] && { name: scalarKinds[type][1] }) }
        : this.#typeSchema(home, type.slice(dot + 1))
      this.#schemas.set(key, schema)
    }
    return schema
  }

  #typeSchema(file: string, type: string): Schema {
    const row = this.#file(file)?.type(type)
    if (!row) throw new Error(`schema table: ${file} has no ${type}`)
    return new TypeSchema(`${this.#file(file)!.package}.${type}`, row, {
      fields: () => this.#fields(row, file),
      items: () => this.#schema(row.fields.find(f => f.name === 'schema')!.type, file),
    })
  }

  #fields(row: TypeRow, file: string): Field[] {
    return row.fields.flatMap(f => (f.inline ? this.#fields(this.#file(file)!.type(f.type)!, file) : [this.#field(f, file)]))
  }

  #field(f: FieldRow, file: string): Field {
    const base = this.#schema(f.type, file)
    const listed = f.type.startsWith('[]') && f.listType !== 'untyped' ? { listType: f.listType, ...(f.mapKeys && { mapKeys: f.mapKeys }) } : undefined
    const strategy = f.merge ? (f.retainKeys ? 'merge,retainKeys' : 'merge') : f.retainKeys ? 'retainKeys' : f.replace ? 'replace' : undefined
    return {
      name: f.name,
      required: f.required,
      pointer: f.type.startsWith('*'),
      schema: listed || f.mapType ? withAttributes(base, { ...listed, ...(f.mapType && { mapType: f.mapType }) }) : base,
      omitZero: f.omit ?? (!f.keep && !f.required && !alwaysWritten.has(f.type) && (f.type.startsWith('*') || base.kind !== 'object')),
      ...(f.default !== undefined && { default: JSON.parse(f.default) as unknown }),
      ...(strategy && { patchStrategy: strategy }),
      ...(f.mergeKey !== undefined && { mergeKey: f.mergeKey }),
    }
  }
}

/** The same schema with list or map attributes of one field. */
const withAttributes = (base: Schema, attributes: Partial<Schema>): Schema =>
  base instanceof TypeSchema ? base.withMapType(attributes.mapType) : { ...base, ...attributes }

/** The table of the level we are at. */
export const builtinSchemas = new SchemaTable(tableTexts)
export const schemaByName = (name: string): Schema | undefined => builtinSchemas.byName(name)
export const schemaOf = (gvk: { group: string; version: string; kind: string }): Schema | undefined => builtinSchemas.byKind(gvk.group, gvk.version, gvk.kind)
