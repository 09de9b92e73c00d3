// Brings api/schema/*.txt up to what the OpenAPI v3 documents of an API server say (names, types, lists, patch strategies, defaults).
// What OpenAPI does not know stays as the table has it: pointers, protobuf numbers, `keep`, types no document shows.
// Usage: node scripts/schema/derive-table.ts [FOLDER with *_openapi.json, default ../shared/oracle/openapi-v3]
import { isDeepStrictEqual } from 'node:util'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type FieldRow, parseTableText, type TableFile, type TypeRow } from '../../api/schema/table-text.ts'
import { formatTable } from './table-format.ts'

const folder = process.argv[2] ?? new URL('../../../shared/oracle/openapi-v3', import.meta.url).pathname
const tables = new URL('../../api/schema/', import.meta.url).pathname
const groups: Record<string, string> = {
  core: '',
  rbac: 'rbac.authorization.k8s.io',
  networking: 'networking.k8s.io',
  storage: 'storage.k8s.io',
  scheduling: 'scheduling.k8s.io',
  node: 'node.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  coordination: 'coordination.k8s.io',
  certificates: 'certificates.k8s.io',
  resource: 'resource.k8s.io',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  admissionregistration: 'admissionregistration.k8s.io',
  meta: '',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
}
/** Types every table may name without a file: their JSON form is not that of their fields. */
const builtin: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'Quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'IntOrString',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'RawExtension',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'Time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'MicroTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'FieldsV1',
}
const zeros: Record<string, string> = { string: '""', bool: 'false', int32: '0', int64: '0', double: '0' }
const formOf: Record<string, string> = {
  JSON: 'any',
  JSONSchemaPropsOrArray: 'either',
  JSONSchemaPropsOrBool: 'either',
  JSONSchemaPropsOrStringArray: 'either',
}

/** io.k8s.api.core.v1.Pod → core.v1 and Pod. */
const split = (name: string): { file: string; package: string; type: string } => {
  const parts = name.split('.')
  return { file: parts.slice(-3, -1).join('.'), package: parts.slice(0, -1).join('.'), type: parts.at(-1)! }
}

const scalarType = (s: any): string =>
  s.format === 'byte'
    ? 'bytes'
    : s.type === 'integer'
      ? s.format
      : s.type === 'number'
        ? 'double'
        : s.type === 'boolean'
          ? 'bool'
          : s.type === 'string'
            ? 'string'
            : 'any'

const typeOf = (s: any, file: string): string => {
  const ref: string | undefined = (s.$ref ?? s.allOf?.[0]?.$ref)?.slice('#/components/schemas/'.length)
  if (ref !== undefined) {
    const to = split(ref)
    return builtin[ref] ?? (to.file === file ? to.type : `${to.file}.${to.type}`)
  }
  if (s.type === 'array') return `[]${typeOf(s.items, file)}`
  if (s.additionalProperties) return `{}${typeOf(s.additionalProperties, file)}`
  return scalarType(s)
}

const toField = (name: string, s: any, required: boolean, file: string, known: FieldRow | undefined): FieldRow => {
  const type = typeOf(s, file)
  const strategy = (s['x-kubernetes-patch-strategy'] ?? '').split(',')
  const row: FieldRow = { name, type, required }
  const struct = s.allOf !== undefined && !Object.values(builtin).includes(type)
  if (struct ? s.default === undefined : known?.type === `*${type}`) row.type = `*${type}`
  if (known?.type.replace('()', '') === type) row.type = known.type
  if (s.type === 'array') row.listType = s['x-kubernetes-list-type'] ?? 'untyped'
  if (s['x-kubernetes-list-map-keys']) row.mapKeys = s['x-kubernetes-list-map-keys']
  if (s['x-kubernetes-map-type']) row.mapType = s['x-kubernetes-map-type']
  if (strategy.includes('merge')) row.merge = true
  if (strategy.includes('retainKeys')) row.retainKeys = true
  if (strategy.includes('replace')) row.replace = true
  if (s['x-kubernetes-patch-merge-key']) row.mergeKey = s['x-kubernetes-patch-merge-key']
  const implied = struct ? '{}' : required || known?.keep ? zeros[type] : undefined
  if (s.default !== undefined && JSON.stringify(s.default) !== implied) row.default = JSON.stringify(s.default)
  // Only what Go may leave out has no zero for a default.
  if (required && s.default === undefined && zeros[type] !== undefined && row.type === type) row.omit = true
  for (const key of ['number', 'keep', 'omit', 'inline'] as const) if (known?.[key] !== undefined) Object.assign(row, { [key]: known[key] })
  return row
}

const toUnion = (unions: any): string | undefined =>
  unions && `${unions[0].discriminator ?? ''}:${Object.keys(unions[0]['fields-to-discriminateBy']).join(',')}`

/** Fields that JSON shows beside those of `row`, but that the table keeps in a type of their own. */
const inlined = (row: TypeRow | undefined, table: TableFile): FieldRow[] =>
  (row?.fields ?? [])
    .filter(f => f.inline)
    .flatMap(f => {
      const inner = table.types.find(t => t.name === f.type)
      return [...(inner?.fields ?? []), ...inlined(inner, table)]
    })

const toType = (name: string, s: any, file: string, known: TypeRow | undefined, table: TableFile): TypeRow => {
  const elsewhere = new Map(inlined(known, table).map(f => [f.name, f]))
  const derived = new Map<string, FieldRow>()
  for (const [field, schema] of Object.entries(s.properties ?? {})) {
    const other = elsewhere.get(field)
    const row = toField(field, schema, (s.required ?? []).includes(field), file, other ?? known?.fields.find(f => f.name === field))
    if (!other) derived.set(field, row)
    else if (!isDeepStrictEqual({ ...other }, { ...row })) console.error(`${file} ${name}.${field}: inlined, but not as the table has it`)
  }
  // The table's order is that of Go's structs, hence of upstream's JSON.
  const ordered = (known?.fields ?? []).flatMap(f => (f.inline ? [f] : (derived.get(f.name) ?? (known?.scalar ? [f] : []))))
  const fresh = [...derived.values()].filter(f => !known?.fields.some(k => k.name === f.name))
  return {
    name,
    kind: s['x-kubernetes-group-version-kind'] !== undefined,
    atomic: s['x-kubernetes-map-type'] === 'atomic',
    union: toUnion(s['x-kubernetes-unions']),
    scalar: formOf[name],
    fields: [...ordered, ...fresh],
  }
}

const files = new Map<string, TableFile>()
for (const entry of readdirSync(folder).filter(f => /_v\d+_openapi\.json$/.test(f) && !f.startsWith('openid'))) {
  const schemas: Record<string, any> = JSON.parse(readFileSync(`${folder}/${entry}`, 'utf8')).components?.schemas ?? {}
  for (const [name, schema] of Object.entries(schemas)) {
    if (builtin[name]) continue
    const { file, package: pkg, type } = split(name)
    if (!files.has(file)) {
      const path = `${tables}${file}.txt`
      const [group = '', version = ''] = file.split('.')
      const apiGroup = groups[group] ?? group
      files.set(
        file,
        existsSync(path) ? parseTableText(readFileSync(path, 'utf8')) : { package: pkg, apiVersion: apiGroup ? `${apiGroup}/${version}` : version, types: [] },
      )
    }
    const table = files.get(file)!
    const at = table.types.findIndex(t => t.name === type)
    const row = toType(type, schema, file, table.types[at], table)
    if (at < 0) table.types.push(row)
    else table.types[at] = row
  }
}
for (const [file, table] of files) {
  table.types.sort((a, b) => (a.name < b.name ? -1 : 1))
  writeFileSync(`${tables}${file}.txt`, formatTable(table))
}
