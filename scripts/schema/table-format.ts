// Rows back to the text of the schema table: parseTableText and this are inverse.
import type { FieldRow, TableFile, TypeRow } from '../../api/schema/table-text.ts'

const listFlag = (f: FieldRow): string | undefined => {
  if (!f.type.startsWith('[]')) return f.mapType
  const implied = f.merge ? (f.mergeKey ? 'map' : 'set') : 'atomic'
  const keys = f.mapKeys?.join(',')
  if (f.listType === implied && (implied !== 'map' || keys === f.mergeKey)) return undefined
  return f.listType === 'map' ? `map(${keys ?? ''})` : f.listType
}

const formatField = (f: FieldRow): string =>
  [
    f.name,
    f.type,
    f.required && '!',
    f.keep && 'keep',
    f.omit && 'omit',
    f.inline && 'inline',
    listFlag(f),
    f.merge && (f.mergeKey ? `merge(${f.mergeKey})` : 'merge'),
    f.retainKeys && 'retainKeys',
    f.replace && 'replace',
    f.default !== undefined && `=${f.default}`,
    f.number !== undefined && `#${f.number}`,
  ]
    .filter(Boolean)
    .join(' ')

const formatType = (t: TypeRow): string => {
  const head = [t.name, t.kind && 'kind', t.atomic && 'atomic', t.union && `union(${t.union})`, t.scalar && `= ${t.scalar}`].filter(Boolean).join(' ')
  return [head, ...t.fields.map(f => `  ${formatField(f)}`)].join('\n')
}

export const formatTable = (file: TableFile): string => `package ${file.package}\ngroup ${file.apiVersion}\n\n${file.types.map(formatType).join('\n\n')}\n`
