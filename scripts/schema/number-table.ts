// Adds to api/schema/*.txt what the protobuf descriptors know and OpenAPI does not: field numbers, which scalars are pointers, which
// messages are inlined in JSON, types that no document shows. Numbers the table has already must agree.
// Usage: node scripts/schema/number-table.ts BINARY…   (kubectl 1.34; helm 3.17 for apiextensions)
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type FieldRow, parseTableText, type TableFile, type TypeRow } from '../../api/schema/table-text.ts'
import { type DescriptorField, type DescriptorMessage, readDescriptors } from './descriptors.ts'
import { formatTable } from './table-format.ts'

const tables = new URL('../../api/schema/', import.meta.url).pathname
const fileOf = (protoPackage: string): string => protoPackage.split('.').slice(-2).join('.')
const builtin: Record<string, string> = {
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'Quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'IntOrString',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'RawExtension',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Time': 'Time',
  'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime': 'MicroTime',
  'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1': 'FieldsV1',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Duration': 'Duration',
}
const scalarTypes: Record<number, string> = { 1: 'double', 3: 'int64', 5: 'int32', 8: 'bool', 9: 'string', 12: 'bytes', 13: 'uint32' }
/** Kinds (with `!`) and their parts that clients send or get, though no OpenAPI document shows them. */
const extraTypes: Record<string, string> = {
  'core.v1': `NodeProxyOptions! PodAttachOptions! PodExecOptions! PodLogOptions! PodPortForwardOptions! PodProxyOptions! PodStatusResult! RangeAllocation!
    SerializedReference! ServiceProxyOptions!`,
  'meta.v1': `APIGroup! APIGroupList! APIVersions! CreateOptions! GetOptions! GroupVersionForDiscovery GroupVersionKind GroupVersionResource List! ListOptions!
    PartialObjectMetadata! PartialObjectMetadataList! PatchOptions! ServerAddressByClientCIDR TableOptions! UpdateOptions!`,
  'admission.v1': 'AdmissionReview! AdmissionRequest AdmissionResponse',
  'apidiscovery.v2': 'APIGroupDiscovery! APIGroupDiscoveryList! APIResourceDiscovery APISubresourceDiscovery APIVersionDiscovery',
}
/** The JSON name of a protobuf field, where it is more than another case. */
const jsonName = (name: string): string =>
  name === 'ref' || name === 'schema' ? `$${name}` : name.startsWith('xKubernetes') ? name.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`) : name
const newFiles: Record<string, TableFile> = {
  'admission.v1': { package: 'io.k8s.api.admission.v1', apiVersion: 'admission.k8s.io/v1', types: [] },
  'apidiscovery.v2': { package: 'io.k8s.api.apidiscovery.v2', apiVersion: 'apidiscovery.k8s.io/v2', types: [] },
}

const messages = new Map<string, DescriptorMessage>()
for (const binary of process.argv.slice(2))
  for (const file of readDescriptors(binary))
    for (const message of file.messages) if (!messages.has(`${file.package}.${message.name}`)) messages.set(`${file.package}.${message.name}`, message)

const isWrappedList = (message: string | undefined): boolean => {
  const fields = messages.get(message ?? '')?.fields
  return fields?.length === 1 && fields[0]!.name === 'items' && fields[0]!.repeated && fields[0]!.type === 9
}

/** The table's type of a descriptor's field. */
const typeOf = (f: DescriptorField, owner: DescriptorMessage, file: string): string => {
  const entry = f.message === undefined ? undefined : owner.nested.find(n => n.mapEntry && f.message!.endsWith(`.${owner.name}.${n.name}`))
  if (entry) return `{}${typeOf({ ...entry.fields[1]!, nullable: false }, owner, file)}`
  let type = scalarTypes[f.type]
  if (f.message !== undefined) {
    const from = fileOf(f.message.slice(0, f.message.lastIndexOf('.')))
    const name = f.message.slice(f.message.lastIndexOf('.') + 1)
    type = isWrappedList(f.message) ? '()[]string' : (builtin[f.message] ?? (from.split('.')[0] === file.split('.')[0] ? name : `${from}.${name}`))
  }
  if (f.repeated) return `[]${type}`
  return f.nullable === false || type === 'bytes' || type === '()[]string' ? type! : `*${type}`
}

/** JSON names of a message's fields; one message that is inlined inlines another. */
const allNames = (message: DescriptorMessage): string[] => message.fields.flatMap(f => (f.name === 'rule' ? allNames(messages.get(f.message!)!) : f.name))

const describe = (message: DescriptorMessage, row: TypeRow, table: TableFile, file: string): void => {
  const known = new Map(row.fields.map(f => [f.name, f]))
  const byLowerCase = new Map(row.fields.map(f => [f.name.toLowerCase(), f]))
  const partless = row.fields.every(f => f.name === 'kind' || f.name === 'apiVersion') || row.scalar !== undefined
  const inlined = new Set<string>()
  const fields = message.fields.map((f): FieldRow => {
    const type = typeOf(f, message, file)
    const old = known.get(f.name) ?? known.get(jsonName(f.name)) ?? byLowerCase.get(f.name.toLowerCase())
    if (old) {
      known.delete(old.name)
      if (old.number !== undefined && old.number !== f.number)
        throw new Error(`${file} ${row.name}.${f.name}: #${old.number} in the table, #${f.number} in the descriptor`)
      if (old.type !== type && old.type !== type.replace(/[*]|[(][)]/g, ''))
        console.error(`${file} ${row.name}.${f.name}: ${old.type} in the table, ${type} in the descriptor`)
      return { ...old, type, number: f.number }
    }
    if (partless || type.startsWith('[]') || type.startsWith('{}') || f.message === undefined || f.message.endsWith('ListMeta'))
      return { name: f.name, type, required: false, number: f.number }
    // JSON has the fields of this message, not the message: they move to its own type.
    const inner = messages.get(f.message)!
    let target = table.types.find(t => t.name === inner.name)
    if (!target) table.types.push((target = { name: inner.name, kind: false, atomic: false, fields: [] }))
    for (const name of allNames(inner)) inlined.add(name)
    for (const { name } of inner.fields) {
      const moved = known.get(name)
      if (moved && !target.fields.some(t => t.name === name)) target.fields.push(moved)
    }
    return { name: f.name, type, required: false, inline: true, number: f.number }
  })
  const rest = [...known.values()].filter(f => !inlined.has(f.name))
  const typeMeta = rest.filter(f => f.name === 'kind' || f.name === 'apiVersion').sort((a, b) => (a.name > b.name ? -1 : 1))
  row.fields = [...typeMeta, ...fields, ...rest.filter(f => !typeMeta.includes(f))]
}

for (const [file, names] of Object.entries(extraTypes)) {
  const path = `${tables}${file}.txt`
  const table = existsSync(path) ? parseTableText(readFileSync(path, 'utf8')) : newFiles[file]!
  for (const word of names.split(/\s+/)) {
    const name = word.replace('!', '')
    const kind = word !== name
    const typeMeta = kind ? ['kind', 'apiVersion'].map((field): FieldRow => ({ name: field, type: 'string', required: false })) : []
    if (!table.types.some(t => t.name === name)) table.types.push({ name, kind, atomic: false, fields: typeMeta })
  }
  writeFileSync(path, formatTable(table))
}
for (const entry of readdirSync(tables).filter(f => f.endsWith('.txt'))) {
  const file = entry.slice(0, -4)
  const table = parseTableText(readFileSync(tables + entry, 'utf8'))
  const protoPackage = table.package.replace('io.k8s.', 'k8s.io.').replace('k8s.io.apiextensions-apiserver', 'k8s.io.apiextensions_apiserver')
  for (let i = 0; i < table.types.length; i++) {
    const row = table.types[i]!
    // A kind that became GA since has the numbers of its beta.
    const message = ['', 'beta1', 'alpha1'].map(stage => messages.get(`${protoPackage}${stage}.${row.name}`)).find(Boolean)
    if (message) describe(message, row, table, file)
    else console.error(`${file} ${row.name}: no descriptor`)
  }
  table.types.sort((a, b) => (a.name < b.name ? -1 : 1))
  writeFileSync(tables + entry, formatTable(table))
}
