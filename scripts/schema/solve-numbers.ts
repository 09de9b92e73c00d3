// Finds protobuf numbers that no descriptor has (fields newer than the binaries at hand) by laying an object's protobuf beside its
// JSON: an unknown number and an unknown name that carry the same value belong together. Also puts new fields where JSON has them.
// Usage: node scripts/schema/solve-numbers.ts [FOLDER with X.json and X.pb, default ../shared/oracle/roundtrip]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type FieldRow, parseTableText, type TableFile, type TypeRow } from '../../api/schema/table-text.ts'
import { readWire } from './descriptors.ts'
import { formatTable } from './table-format.ts'

const folder = process.argv[2] ?? new URL('../../../shared/oracle/roundtrip', import.meta.url).pathname
const path = new URL('../../api/schema/', import.meta.url).pathname
const tables = new Map<string, TableFile>()
for (const entry of readdirSync(path).filter(f => f.endsWith('.txt'))) tables.set(entry.slice(0, -4), parseTableText(readFileSync(path + entry, 'utf8')))

const bareType = (type: string): string => type.replace(/^(\*|\[\]|\{\}|\(\))+/, '')
/** The row of a type as `file` names it, and the file it is in. */
const find = (type: string, file: string): { row: TypeRow; file: string } | undefined => {
  const bare = bareType(type)
  const dot = bare.lastIndexOf('.')
  const home = dot < 0 ? file : bare.slice(0, dot)
  const row = tables.get(home)?.types.find(t => t.name === bare.slice(dot + 1))
  return row && { row, file: home }
}

const sameValue = (json: any, wire: number | Buffer, row: FieldRow): boolean => {
  const first = Array.isArray(json) ? json[0] : json
  if (typeof first === 'string' && !/Quantity|Time/.test(row.type)) return Buffer.isBuffer(wire) && wire.toString() === first
  if (typeof first === 'number' || typeof first === 'boolean') return !Buffer.isBuffer(wire) && wire === Number(first)
  // A map's entry carries its key; a message carries the first string that its JSON has, however deep.
  const text = /"([^"]*Value|[^"]*Key)"/.exec(JSON.stringify(row.type.startsWith('{}') ? Object.keys(json) : json))?.[1]
  return Buffer.isBuffer(wire) && (text === undefined || wire.includes(text))
}

const visit = (row: TypeRow, file: string, json: any, wire: Buffer): void => {
  const fields = readWire(wire)
  const order = Object.keys(json)
  const unknown = new Map(fields.filter(([n]) => !row.fields.some(f => f.number === n)))
  for (const field of row.fields) {
    if (field.number === undefined && json[field.name] !== undefined) {
      const fits = [...unknown].filter(([, value]) => sameValue(json[field.name], value, field))
      if (fits.length === 0) continue
      if (fits.length > 1) console.error(`${row.name}.${field.name}: ${fits.map(([n]) => n).join(' or ')}`)
      else {
        field.number = fits[0]![0]
        console.log(`${file} ${row.name}.${field.name} #${field.number}`)
        const before = order[order.indexOf(field.name) - 1]
        row.fields = row.fields.filter(f => f !== field)
        row.fields.splice(row.fields.findIndex(f => f.name === before) + 1, 0, field)
      }
    }
    const inner = find(field.type, file)
    const value = fields.find(([n]) => n === field.number)?.[1]
    if (!inner || inner.row.scalar !== undefined || !Buffer.isBuffer(value)) continue
    if (field.inline) visit(inner.row, inner.file, json, value)
    else if (field.type.startsWith('[]')) visit(inner.row, inner.file, json[field.name][0], value)
    else if (field.type.startsWith('{}')) visit(inner.row, inner.file, Object.values(json[field.name])[0], readWire(value).find(([n]) => n === 2)![1] as Buffer)
    else if (json[field.name] !== undefined) visit(inner.row, inner.file, json[field.name], value)
  }
  for (const [n, value] of unknown) if (!row.fields.some(f => f.number === n)) console.error(`${file} ${row.name}: #${n} is no field: ${String(value)}`)
}

for (const entry of readdirSync(folder).filter(f => f.endsWith('.pb'))) {
  const json = JSON.parse(readFileSync(`${folder}/${entry.slice(0, -3)}.json`, 'utf8'))
  const raw = readWire(readFileSync(`${folder}/${entry}`).subarray(4)).find(([n]) => n === 2)?.[1] as Buffer
  const [, group = '', version = '', kind = ''] = /^(.*)\.(v\d+)\.(\w+)\.pb$/.exec(entry)!
  const name = `${group.split('.')[0]}.${version}`
  const found = find(`${name}.${kind}`, '') ?? find(`meta.v1.${kind}`, '')
  if (found) visit(found.row, found.file, json, raw)
  else console.error(`${entry}: no such type`)
}
for (const [file, table] of tables) writeFileSync(`${path}${file}.txt`, formatTable(table))
