// meta.k8s.io Table: what `kubectl get` shows, from the record's columns. Pure but for the clock that ages need.
import type { KubeObject } from '../../api/object.ts'
import type { AnyResource, Cell, Column, RowCondition } from '../../api/resource.ts'
import { badRequest } from '../../api/status.ts'
import { toPartialMetadata } from './partial-metadata.ts'

export interface Table {
  kind: 'Table'
  apiVersion: string
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[] | null
  rows: { cells: Cell[]; conditions?: readonly RowCondition[]; object: unknown }[]
}

export type IncludeObject = 'None' | 'Metadata' | 'Object'

export const parseIncludeObject = (text: string | null): IncludeObject => {
  if (text === null || text === '' || text === 'Metadata') return 'Metadata'
  if (text === 'None' || text === 'Object') return text
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`)
}

const defaultColumns: readonly Column<KubeObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object, unique among its kind (and within its namespace).',
    value: o => o.metadata.name,
  },
  { name: 'Created At', type: 'date', description: 'When the server stored the object first.', value: o => o.metadata.creationTimestamp },
]

export const columnsOf = (record: AnyResource): readonly Column<KubeObject>[] => (record.columns as readonly Column<KubeObject>[] | undefined) ?? defaultColumns

export const inTableOrder = (record: AnyResource, objects: KubeObject[]): KubeObject[] =>
  record.tableOrder ? objects.sort(record.tableOrder as (a: KubeObject, b: KubeObject) => number) : objects

export const toRow = (record: AnyResource, object: KubeObject, include: IncludeObject, nowMs: number, version: string): Table['rows'][number] => {
  const conditions = (record.rowConditions as ((object: KubeObject) => readonly RowCondition[] | undefined) | undefined)?.(object)
  return {
    cells: columnsOf(record).map(c => c.value(object, nowMs) ?? null),
    ...(conditions && { conditions }),
    object: include === 'None' ? null : include === 'Object' ? object : toPartialMetadata(object, version),
  }
}

export const toTable = (record: AnyResource, rows: Table['rows'], metadata: Table['metadata'], version = 'v1', withColumns = true): Table => ({
  kind: 'Table',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
  columnDefinitions: withColumns
    ? columnsOf(record)
        .filter(c => !c.undefinedInTable)
        .map(c => ({
          name: c.name,
          type: c.type,
          format: c.format ?? '',
          description: c.description || `${c.name} of the object.`,
          priority: c.priority ?? 0,
        }))
    : null,
  rows,
})
