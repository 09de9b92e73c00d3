// Writes api/types/ from api/schema/*.txt: one file of interfaces per group version, and the table's text as a module, since a bundle
// and a pure file cannot read files. `--check` writes nothing and exits 1 when something is not current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type FieldRow, parseTableText, type TableFile, type TypeRow } from '../../api/schema/table-text.ts'

const tables = new URL('../../api/schema/', import.meta.url).pathname
const out = new URL('../../api/types/', import.meta.url).pathname
const scalars: Record<string, string> = {
  string: 'string',
  bytes: 'string',
  Quantity: 'string',
  Time: 'string',
  MicroTime: 'string',
  Duration: 'string',
  bool: 'boolean',
  int32: 'number',
  int64: 'number',
  uint32: 'number',
  double: 'number',
  IntOrString: 'number | string',
  RawExtension: 'unknown',
  FieldsV1: 'Record<string, unknown>',
  any: 'unknown',
}
/** Types without fields whose JSON is one thing or another. */
const either: Record<string, string> = {
  JSONSchemaPropsOrBool: 'JSONSchemaProps | boolean',
  JSONSchemaPropsOrArray: 'JSONSchemaProps | JSONSchemaProps[]',
  JSONSchemaPropsOrStringArray: 'JSONSchemaProps | string[]',
}
const key = (name: string): string => (/^[\w$]+$/.test(name) ? name : `'${name}'`)
const union = (type: string): string => (type.includes(' ') ? `(${type})` : type)
const toModule = (file: string): string => file.replace(/\.(v\d+)$/, '-$1')

/** Type names of one module, and which other modules they come from. */
const typeWriter = (file: string) => {
  const imports = new Map<string, Set<string>>()
  const write = (type: string): string => {
    if (type.startsWith('*')) return write(type.slice(1))
    if (type.startsWith('()')) return write(type.slice(2))
    if (type.startsWith('[]')) return `${union(write(type.slice(2)))}[]`
    if (type.startsWith('{}')) return `Record<string, ${write(type.slice(2))}>`
    const dot = type.lastIndexOf('.')
    if (dot < 0) return scalars[type] ?? type
    const from = type.slice(0, dot)
    const name = type.slice(dot + 1)
    if (from === file) return name
    if (!imports.has(from)) imports.set(from, new Set())
    imports.get(from)!.add(name)
    return name
  }
  return { write, imports }
}

/** What every reader of a kind may rely on: decoded objects have these. */
const alwaysThere = (t: TypeRow, f: FieldRow): boolean =>
  t.kind && (f.name === 'apiVersion' || f.name === 'kind' || f.name === 'metadata' || (f.name === 'spec' && !f.type.startsWith('*')))

const flatten = (t: TypeRow, table: TableFile): FieldRow[] =>
  t.fields.flatMap(f =>
    f.inline
      ? flatten(
          table.types.find(inner => inner.name === f.type)!,
          table,
        )
      : [f],
  )

const writeType = (t: TypeRow, table: TableFile, write: (type: string) => string): string => {
  if (t.scalar) return `export type ${t.name} = ${either[t.name] ?? scalars[t.scalar] ?? t.scalar}`
  if (!t.fields.length) return `export type ${t.name} = Record<string, unknown>`
  const fields = flatten(t, table).map(f => `  ${key(f.name)}${f.required || alwaysThere(t, f) ? '' : '?'}: ${write(f.type)}`)
  return `export interface ${t.name} {\n${fields.join('\n')}\n}`
}

const writeModule = (file: string, table: TableFile): string => {
  const { write, imports } = typeWriter(file)
  const body = table.types.map(t => writeType(t, table, write)).join('\n\n')
  const head = `// Generated from api/schema/${file}.txt by scripts/schema/generate-types.ts: edit the table instead.`
  const lines = [...imports].sort().map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from './${toModule(from)}.ts'`)
  return `${[head, ...lines].join('\n')}\n\n${body}\n`
}

const files = readdirSync(tables)
  .filter(f => f.endsWith('.txt'))
  .sort()
  .map(f => f.slice(0, -4))
const texts = files.map(file => ({ file, text: readFileSync(`${tables}${file}.txt`, 'utf8') }))
const wanted = new Map(texts.map(({ file, text }) => [`${toModule(file)}.ts`, writeModule(file, parseTableText(text))]))
wanted.set(
  'table-texts.ts',
  `// Generated from api/schema/*.txt by scripts/schema/generate-types.ts: edit the tables instead.
export const tableTexts: Readonly<Record<string, string>> = {
${texts.map(({ file, text }) => `'${file}': \`${text.replace(/[\\`$]/g, '\\$&')}\`,`).join('\n')}
}\n`,
)

const present = new Set(readdirSync(out))
const stale = [...wanted].filter(([name, text]) => !present.has(name) || readFileSync(out + name, 'utf8') !== text)
const extra = [...present].filter(name => !wanted.has(name))
if (process.argv.includes('--check')) {
  for (const name of [...stale.map(([n]) => n), ...extra]) console.error(`api/types/${name} is not current: run node scripts/schema/generate-types.ts`)
  process.exitCode = stale.length + extra.length ? 1 : 0
} else {
  for (const [name, text] of stale) writeFileSync(out + name, text)
}
