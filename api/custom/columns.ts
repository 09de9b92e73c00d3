// Printer columns of a custom resource, cell for cell as upstream fills them. Pure.
import type { Cell, Column } from '../resource.ts'
import { nameColumn } from '../kinds/columns.ts'
import { humanDuration } from '../kinds/duration.ts'
import type { KubeObject } from '../object.ts'
import { parseTime } from '../schema/time-format.ts'
import type { CustomResourceColumnDefinition, CustomResourceDefinitionVersion } from '../types/apiextensions-v1.ts'
import { stringifyJson } from '../json.ts'
import { parseJsonPath } from './json-path.ts'

const ageColumn: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  description: 'When the server stored the object first.',
  jsonPath: '.metadata.creationTimestamp',
}

const toText = (value: unknown): string => (typeof value === 'object' && value !== null ? stringifyJson(value) : String(value))

const toCell = (type: string, value: unknown, nowMs: number): Cell => {
  if (value === null || value === undefined) return null
  switch (type) {
    case 'string':
      return toText(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : typeof value === 'bigint' ? Number(value) : null
    case 'number':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date': {
      if (typeof value !== 'string') return null
      const time = parseTime(value)
      return time ? humanDuration(nowMs - time.seconds * 1000) : '<invalid>'
    }
    default:
      return null
  }
}

export const columnsOfVersion = ({ additionalPrinterColumns }: CustomResourceDefinitionVersion): Column<KubeObject>[] => [
  nameColumn,
  ...(additionalPrinterColumns?.length ? additionalPrinterColumns : [ageColumn]).map(({ name, type, format, description, priority, jsonPath }) => {
    const path = parseJsonPath(jsonPath)
    return {
      name,
      type: type as Column<KubeObject>['type'],
      ...(format && { format }),
      description: description || `Column of the definition: ${jsonPath}`,
      priority: (priority ?? 0) as 0 | 1,
      value: (object: KubeObject, nowMs: number) => toCell(type, path?.(object)[0], nowMs),
    }
  }),
]
